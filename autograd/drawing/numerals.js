// Numbers as Python writes them: `repr`, and `autograd.text.number`.

const exponent = (e) => `e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
const special = (x) => (Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");

// The digits of a number put around its point.
function pointed(sign, digits, e) {
  if (e < 0) return `${sign}0.${"0".repeat(-e - 1)}${digits}`;
  const whole = digits.slice(0, e + 1).padEnd(e + 1, "0");
  return sign + whole + (digits.length > e + 1 ? `.${digits.slice(e + 1)}` : "");
}

function parts(text) {
  const [, sign, mantissa, e] = /^(-?)([\d.]+)e(.*)$/.exec(text);
  return [sign, mantissa.replace(".", ""), Number(e)];
}

// The shortest digits that tell the number from all others.
function exact(x) {
  if (!Number.isFinite(x)) return special(x);
  const [sign, digits, e] = Object.is(x, -0) ? ["-", "0", 0] : parts(x.toExponential());
  if (-5 < e && e < 16) return pointed(sign, digits, e);
  return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ""}${exponent(e)}`;
}

// As `repr` of a float.
function repr(x) {
  const text = exact(x);
  return Number.isFinite(x) && !/[.e]/.test(text) ? `${text}.0` : text;
}

// So many significant digits, of a tie the even ones: toExponential takes the larger.
function rounded(x, count) {
  const [sign, digits, e] = parts(x.toExponential(count - 1));
  const [, all, before] = parts(x.toExponential(Math.min(100, count + 40)));
  const tie = /^50*$/.test(all.slice(count)) && e === before;
  return tie && "13579".includes(digits.at(-1)) ? [sign, all.slice(0, count), e] : [sign, digits, e];
}

// What is rounded does not look exact: it shows just so many digits, trailing zeros too.
function shortened(x, count) {
  const text = exact(x);
  if (!Number.isFinite(x)) return text;
  if (text.split("e")[0].replace(".", "").replace(/^[-0]+|[-0]+$/g, "").length <= count) return text;
  const [sign, digits, e] = rounded(x, count);
  const places = count - 1 - e;
  if (0 < places && places < count + 4) return pointed(sign, digits, e);
  return `${sign}${digits[0]}${count > 1 ? `.${digits.slice(1)}` : ""}${exponent(e)}`;
}
