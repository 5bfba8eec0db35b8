"use strict";

// The functions of the number system of JavaScript, beside those of Math: what `javascript.py` writes calls them as
// m.sigmoid(a). They are those of `extended.py`: 1/0 is ∞, and NaN goes through. A slope of null says that nothing
// passes, not even 0 · ∞.

const m = (() => {
  const BIG = 2 ** 256;
  const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  function divide(a, b) {
    return b === 0 ? a * Infinity : a / b; // a zero counts as reached from above
  }

  function power(a, b) {
    if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1; // as in C; in JavaScript 1 to the NaN is NaN
    return a === 0 && b < 0 ? Infinity : a ** b;
  }

  const sign = (a) => (a > 0 ? 1 : a < 0 ? -1 : a !== a ? a : null);
  const step = (a) => (a > 0 ? 1 : a !== a ? a : null);
  const share = (a, b) => (b < a ? 1 : a < b ? null : a === b ? 0.5 : a + b);

  const relu = (a) => (a > 0 || a !== a ? a : 0);
  const maximum = (a, b) => (a > b || a !== a ? a : b);
  const minimum = (a, b) => (a < b || a !== a ? a : b);
  const clip = (x, low, high) => minimum(maximum(x, low), high);
  const hypot = (a, b) => (a === a && b === b ? Math.hypot(a, b) : NaN); // Math.hypot(Infinity, NaN) is Infinity

  function leg(a, b) {
    if (!(Math.abs(b) <= a)) return NaN;
    const square = a < 2 * Math.abs(b) ? (a - b) * (a + b) : a * a - b * b;
    return 1e-290 < square && square < Infinity ? Math.sqrt(square) : Math.sqrt(a - b) * Math.sqrt(a + b);
  }

  function sech2(a) {
    const e = Math.exp(-2 * Math.abs(a));
    return (4 * e) / ((1 + e) * (1 + e));
  }

  const xlogy = (a, b) => (a === 0 && b >= 0 ? 0 : a * Math.log(b));

  function sigmoid(a) {
    if (a >= 0) return 1 / (1 + Math.exp(-a));
    const e = Math.exp(a);
    return e / (1 + e);
  }

  const softplus = (a) => (a < 0 ? Math.log1p(Math.exp(a)) : a + Math.log1p(Math.exp(-a)));

  // e to the −a². The rounding of a² would be that of the exponent: h has so few digits that h² has none.
  function gaussian(a) {
    if (!(Math.abs(a) < 28)) return a !== a ? a : 0;
    const h = Math.round(a * 1024) / 1024;
    return Math.exp(-h * h) * Math.exp((h - a) * (h + a));
  }

  // The error function by its series of positive terms (Abramowitz and Stegun, "Handbook of Mathematical Functions",
  // 7.1.6), and beyond 2 the complement by its continued fraction (7.1.14).

  function series(a) {
    let term = a;
    let total = a;
    for (let n = 1; total + term !== total; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      total += term;
    }
    return TWO_OVER_ROOT_PI * gaussian(a) * total;
  }

  function fraction(a) {
    let below = a;
    for (let n = 120; n > 0; n--) below = a + n / 2 / below;
    return (TWO_OVER_ROOT_PI / 2) * (gaussian(a) / below);
  }

  function erf(a) {
    if (Math.abs(a) < 2) return a === 0 ? a : series(a);
    return a !== a ? a : a > 0 ? 1 - fraction(a) : fraction(-a) - 1;
  }

  function erfc(a) {
    if (Math.abs(a) < 2) return 1 - (a === 0 ? a : series(a));
    return a !== a ? a : a > 0 ? fraction(a) : 2 - fraction(-a);
  }

  // The sum of all, rounded once: the partial sums are kept without a rounding (J. R. Shewchuk, "Adaptive Precision
  // Floating-Point Arithmetic", 1997), as `math.fsum` of Python does.
  function sum(xs) {
    const partials = [];
    for (let x of xs) {
      let kept = 0;
      for (let y of partials) {
        if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
        const high = x + y;
        const low = y - (high - x);
        if (low !== 0) partials[kept++] = low;
        x = high;
      }
      partials.length = kept;
      partials.push(x);
    }
    const total = partials.reduceRight((a, b) => a + b, 0);
    if (Number.isFinite(total)) return total;
    // A partial sum is beyond the numbers, as in 1e308 + 1e308 - 1e308; the sum itself need not be.
    const infinite = xs.filter((x) => !Number.isFinite(x));
    return infinite.length ? infinite.reduce((a, b) => a + b) : sum(xs.map((x) => x / BIG)) * BIG;
  }

  // Powers of two apart, so that 1e200 · 1e200 · 1e-300 is 1e100.
  function prod(xs) {
    let power = 0;
    const scaled = (x) => {
      if (!Number.isFinite(x) || x === 0) return x;
      for (; Math.abs(x) > BIG; power++) x /= BIG;
      for (; Math.abs(x) < 1 / BIG; power--) x *= BIG;
      return x;
    };
    let found = 1;
    for (const x of xs) found = scaled(found * scaled(x));
    for (; power > 0 && Number.isFinite(found) && found !== 0; power--) found *= BIG;
    for (; power < 0 && found !== 0; power++) found /= BIG;
    return found;
  }

  function logsumexp(xs) {
    const top = Math.max(...xs);
    if (!Number.isFinite(top)) return top;
    const first = xs.indexOf(top);
    // log1p of the others keeps the digits of log(e⁰ + e⁻⁴⁰), which log(1 + e⁻⁴⁰) would round to 0.
    return top + Math.log1p(sum(xs.filter((_, place) => place !== first).map((x) => Math.exp(x - top))));
  }

  return {
    ...{ divide, power, sign, step, share, relu, maximum, minimum, clip, hypot, leg, xlogy },
    ...{ sech2, sigmoid, softplus, gaussian, erf, erfc, sum, prod, logsumexp },
  };
})();
