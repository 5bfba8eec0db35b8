"""Derivations as people write them: the formulas of public pages, with the words between them put anew.

From questions and answers, course notes, READMEs, blog posts and chats; each with the names of the nodes that somebody
who checks it would have. `DEVELOPED` is what the reader was written against, `FURTHER` what it was measured on.
"""

# ruff: noqa: E501 (a page has the lines that it has)

DEVELOPED: dict[str, tuple[str, str]] = {
    "logistic regression, dollars": (
        "Loss dLoss w1 w2 b z ŷ y x1 x2",
        r"""We want
$$\frac{dLoss}{{dw}_{1}}=\frac{dLoss}{d\hat{y}} \cdot \frac{d\hat{y}}{dz} \cdot \frac{dz}{dw1}$$ $$\frac{dLoss}{{dw}_{2}}=\frac{dLoss}{d\hat{y}} \cdot \frac{d\hat{y}}{dz} \cdot \frac{dz}{dw2}$$
$Loss=-y\cdot ln(\hat{y})-(1-y)\cdot ln(1-\hat{y})$
with $\hat{y}$ the prediction and y the label.
1)Derivative of the sigmoid function:
$\sigma '(x)=\frac { d }{ dx } \frac { 1 }{ 1+{ e }^{ -x } } =\frac { d }{ dx } { (1+{ e }^{ -x }) }^{ -1 } \Rightarrow \\ \sigma '(x)=\sigma (x)(1-\sigma (x))\\ $
""",
    ),
    "softmax by cases, notes": (
        "L y p o",
        r"""For a single data point, the loss is
\[L = - \sum_i y_i \log p_i\]and the softmax:
\[p_i = \frac{ \exp (o_i) }{\sum_j \exp(o_j) }\]
If $i = k$,
\[\begin{equation}\begin{split} \frac{\partial p_i}{\partial o_k} &= \frac{\exp (o_k) \sum_j \exp(o_j) - \exp (o_k) \exp (o_k) }{(\sum_j \exp(o_j))^2} \\ &= p_k (1 - p_k) \end{split}\end{equation}\]If $i \neq k$,
\[\begin{equation}\begin{split} \frac{\partial p_i}{\partial o_k} &= \frac{ - \exp (o_k) \exp (o_i) }{(\sum_j \exp(o_j))(\sum_j \exp(o_j))} \\ &= - p_k p_i \end{split}\end{equation}\]
\[\begin{equation}\begin{split} \frac{\partial p_i}{\partial o_k} = \begin{cases} p_k (1 - p_k) & \text{if }\; i=k \\ - p_k p_i & \text{if }\; i\neq k \end{cases} \end{split}\end{equation}\]Therefore,
\[\begin{equation}\begin{split} \frac{\partial L}{\partial o_k} &= - \sum_i y_i \frac{\partial \log p_i}{\partial o_k} \\ &= - \sum_i \frac{y_i}{p_i} \frac{\partial p_i}{\partial o_k} \\ &= - y_k (1 - p_k) + \sum_{i\neq k} y_i p_k \\ &= - y_k + \sum_i y_i p_k \\ &= p_k - y_k \end{split}\end{equation}\]
$\sum_i y_i = 1$ because $y$ is a one-hot vector.
""",
    ),
    "error terms, question": (
        "C w b z a",
        r"""I try to prove \begin{eqnarray} \delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l) \nonumber\end{eqnarray}
but I am stuck at the first step:
\begin{eqnarray} \delta^l_j & = & \frac{\partial C}{\partial z^l_j} \tag{40}\\ & = & \sum_k \frac{\partial C}{\partial z^{l+1}_k} \frac{\partial z^{l+1}_k}{\partial z^l_j} \tag{41}\\ & = & \sum_k \frac{\partial z^{l+1}_k}{\partial z^l_j} \delta^{l+1}_k, \tag{42}\end{eqnarray}
By definition $C$ is a function of $a^l_j = \sigma(z^l_j)$ where $z^l_j=\sum_k w^l_{jk}a^{l-1}_k + b_j$.
So \begin{eqnarray} \delta^l_j & = & \frac{\partial C}{\partial z^l_j} \\ & = & \frac{\partial C}{\partial a^l_j}\sigma'(z^l_j)\end{eqnarray}
Any hints are appreciated.
""",
    ),
    "four equations, README": (
        "C w b z a",
        r"""# The four equations

## **Notation**
Let:
- $L$: number of layers.
- $w^l_{jk}$: weight from the $k$-th neuron in layer $l-1$ to the $j$-th in layer $l$.
- $z^l_j$: weighted input, defined as:
  $$
  z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j
  $$

## **BP1: Output layer**
$$
\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)
$$

**Derivation:**
1. By the chain rule:
   $$
   \delta^L_j = \frac{\partial C}{\partial z^L_j} = \frac{\partial C}{\partial a^L_j} \cdot \frac{\partial a^L_j}{\partial z^L_j}
   $$
2. Since $a^L_j = \sigma(z^L_j)$, we have:
   $$
   \frac{\partial a^L_j}{\partial z^L_j} = \sigma'(z^L_j)
   $$
""",
    ),
    "total error, question": (
        "E_total target out net w1 i1 w",
        r"""The total error is

$$E_{total}=\frac{1}{2}(target_{o1}-out_{o1})^2+\frac{1}{2}(target_{o2}-out_{o2})^2$$

$$\frac{\partial{E_{total}}}{\partial{w_{1}}}=\frac{\partial{E_{total}}}{\partial{net_{h1}}}*\frac{\partial{net_{h1}}}{\partial{w_{1}}}$$ $$=(\frac{\partial{E_{total}}}{\partial{out_{h1}}}*\frac{\partial{out_{h1}}}{\partial{net_{h1}}})*\frac{\partial{net_{h1}}}{\partial{w_{1}}}$$ so we get $$=\sum_{j}(\delta_j*w_{oj})*(out_{h1})*(1-out_{h1})*i1$$
Is this right?
""",
    ),
    "three layers, question": (
        "Cost m x t a b",
        r"""$f(x) = \frac{1}{1+e^{-x}}$ and $f^\prime(x)=f(x)(1-f(x))$ $$a_1 = f(m_1x_1+m_2x_2+b_1)$$ $$Cost=(a_4-t_1)^2+(a_5-t_2)^2$$ $$\frac{\partial Cost}{\partial m_{7}} = 2(a_4-t_1)(a_4(1-a_4))(a_1)$$ $$\frac{\partial Cost}{\partial m_{1}} = 2(a_4-t_1)(a_4(1-a_4))(m_7)(a_1(1-a_1))(x_1) + 2(a_5-t_2)(a_5(1-a_5))(m_{10})(a_1(1-a_1))(x_1)$$
""",
    ),
    "step by step, numbers": (
        "w1 w2 w5 i1 i2 b1 E_total o1 out_o1 net_o1 out_h1 target_o1",
        r"""Here is the total net input for \(h_1\):

\[
\text{net}_{h1} = w_1 \times i_1 + w_2 \times i_2 + b_1 \times 1
\]

\[
\text{net}_{h1} = 0.15 \times 0.05 + 0.2 \times 0.1 + 0.35 \times 1 = 0.3775
\]

Squash it:

\[ \text{out}_{h1} = \frac{1}{1+e^{-\text{net}_{h1}}} = \frac{1}{1+e^{-0.3775}} = 0.593269992 \]

By the chain rule

\[
\frac{\partial E_{total}}{\partial w_5} = \frac{\partial E_{total}}{\partial out_{o1}} * \frac{\partial out_{o1}}{\partial net_{o1}} * \frac{\partial net_{o1}}{\partial w_5}
\]

\[ w_5^+ = w_5 - \eta * \frac{\partial E_{total}}{\partial w_5} = 0.4 - 0.5 * 0.082167041 = 0.35891648 \]
""",
    ),
    "a chat answer": (
        "L w x b y a z",
        """Sure! Let's do this **step by step**.

### Step 1: Forward pass
* `z = w*x + b`
* `a = σ(z)`
* L = ½(a − y)²

### Step 2: Backward pass
1. **Loss to output:** ∂L/∂a = a − y
2. **Through the sigmoid:** ∂a/∂z = a(1 − a)
3. So ∂L/∂z = ∂L/∂a · ∂a/∂z = (a − y)·a(1 − a) ✅
4. Finally:
   - ∂L/∂w = ∂L/∂z · x
   - ∂L/∂b = ∂L/∂z

> **Note:** the factor ½ cancels the 2 from the square.

Let me know if you'd like the vectorized version! 🚀
""",
    ),
    "plain text, forum": (
        "E w1 w2 x h o t",
        """Hi all, I have a network x -> h -> o with sigmoids and error E = 1/2 (t - o)^2.

For the output weight I get

    dE/dw2 = (o - t) * o * (1 - o) * h

and for the hidden weight

    dE/dw1 = dE/do * do/dh * dh/dw1
           = (o - t) o (1 - o) w2 h (1 - h) x

since dh/dw1 = h(1-h)x. Learning rate = 0.5. Did I do it right, or is a factor missing?

Thanks
""",
    ),
    "linear regression, README": (
        "w b X y ŷ x L N",
        r"""# Linear Regression

i. **Model**

$\hat{y}_i=w^Tx_i+b$

ii. **Loss**

$L=\sum_{i=1}^N(\hat{y}_i-y_i)^2$

iv. **Gradients**

$\frac{\partial L}{\partial w}=2\sum_{i=1}^N(\hat{y}_i-y_i)x_i$

$\frac{\partial L}{\partial b}=2\sum_{i=1}^N(\hat{y}_i-y_i)$

v. **Matrix form**
$\nabla_wL=2X^T(Xw-y)$

## Update
$$ w := w - \alpha \cdot \frac{\partial L}{\partial w} $$
""",
    ),
    "GRU, notes": (
        "z r h x W b",
        r""" $z_ {t} =\sigma([x_{t}, h_{t-1}]\times W_{z} + b_z)$

 $\widehat h_t= \tanh ([x_t, r_ {t} * h_ {t-1}]\times W_{h} + b_h)$

 $h_ {t} =(1- z_ {t} )* h_ {t-1} + z_ {t} * \widehat h_ {t}$

---
## Backprop

$\delta_{z_t} = \delta_{h_t} * (\widehat h_t - h_{t-1}) * \sigma'(z_t)$

$\delta_{\widehat{h_t}} = \delta_{h_t} * z_t * \tanh' (\widehat {h_t})$
""",
    ),
    "deep notes, superscripts": (
        "L W a z b ŷ y",
        r"""### Step 1: Chain rule

$$
\frac{\partial \mathcal{L}}{\partial W^L} = \frac{\partial \mathcal{L}}{\partial a^L} \cdot \frac{\partial a^L}{\partial z^L} \cdot \frac{\partial z^L}{\partial W^L}
$$

### Step 2: Each term

$$
\frac{\partial \mathcal{L}}{\partial a^L} \cdot \frac{\partial a^L}{\partial z^L} = \hat{y} - y
$$

$$
z^L = W^L a^{L-1} + b^L
$$

### Result

$$
\frac{\partial \mathcal{L}}{\partial W^L} = (\hat{y} - y) \cdot (a^{L-1})^T
$$

$$
\text{ReLU}'(z) = \begin{cases}
1 & \text{if } z > 0 \\
0 & \text{otherwise}
\end{cases}
$$

$$
\frac{\partial \mathcal{L}}{\partial W^{L-1}} = \left( W^L \right)^T (\hat{y} - y) \odot \text{ReLU}'(z^{L-1}) \cdot (a^{L-2})^T
$$
""",
    ),
    "hypothesis, course": (
        "J θ x y h m",
        r"""Recall that gradient descent repeats

$$
\begin{aligned}
& Repeat \; \lbrace \\
& \; \theta_j := \theta_j - \alpha \dfrac{\partial}{\partial \theta_j}J(\theta) \\
& \rbrace
\end{aligned}
$$

For the logistic cost,
   \[
   \frac{\partial J(\theta)}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^{m} \left( h_\theta(x^{(i)}) - y^{(i)} \right) x_j^{(i)}
   \]
(simultaneously for every $j \in 0,...,n$), or in vectors

$$
\theta := \theta - \frac{\alpha}{m} X^{T} (g(X \theta ) - y)
$$
""",
    ),
    "arrows and deltas, README": (
        "W1 W2 A1 A2 Z1 Z2 X Y a1 z1 o1 w11 w12 w21 w22",
        """### Error flows backward (δ₂ W₂ᵀ)

For each hidden neuron:

h1: incoming error = δ_o1 * w11 + δ_o2 * w12

Each hidden neuron multiplies by its slope:

δ_h1 = (δ_o1*w11 + δ_o2*w12) * σ′(z_h1)

That gives:

δ₁ = (δ₂ W₂ᵀ) ⊙ σ′(z₁)

Loss → A2 → Z2 → W2
dW2 = A1^T·dZ2    dZ1 = (dZ2·W2^T)⊙(Z1>0)
""",
    ),
    "calculus exercises, bold": (
        "f x u",
        """**1. f(x) = 3x² + 2x - 5**

f'(x) = d/dx(3x²) + d/dx(2x) - d/dx(5)
     = 3(2x) + 2 - 0
     = **6x + 2**

**4. f(x) = e^(2x)**

Using chain rule:
f'(x) = e^(2x) · d/dx(2x)
     = e^(2x) · 2
     = **2e^(2x)**
""",
    ),
    "softmax, README": (
        "L a y z",
        r"""## derivative of softmax

$$ \frac{\partial a_j}{\partial z_i} = a_i(1 - a_i), \quad i = j $$
$$ \frac{\partial a_j}{\partial z_i} = -a_i a_j,\quad i \neq j. $$

## cross entropy loss derivative

$$ \frac{\partial L}{\partial z_i} = -\sum_k y_k \frac{1}{a_k} \frac{\partial a_k}{\partial z_i} $$
$$ = -y_i(1-a_i) - \sum_{k\neq i} y_k \frac{1}{a_k}(-a_ka_i) $$
$$ = a_i \sum_ky_k - y_i $$
$$ = a_i-y_i $$
""",
    ),
    "PDF of a lecture": (
        "L w1 w2 h x a y z1 z2",
        """3.2 Backpropagation
The loss is 𝐿 = ½(𝑎 − 𝑦)²    (3.4)
𝜕𝐿/𝜕𝑎 = 𝑎 − 𝑦    (3.5)
𝜕𝐿/𝜕𝑧⁽²⁾ = (𝑎 − 𝑦) 𝑎(1 − 𝑎)    (3.6)
𝜕𝐿/𝜕𝑤₂ = (𝑎 − 𝑦) 𝑎(1 − 𝑎) ℎ    (3.7)
where ℎ = σ(𝑧⁽¹⁾) and 𝑧⁽¹⁾ = 𝑤₁𝑥.
Updating: 𝑤₂ ← 𝑤₂ − η 𝜕𝐿/𝜕𝑤₂
37
""",
    ),
    "batch normalisation, notes": (
        "L x x̂ y γ β μ σ ε m δ",
        r"""1. Compute the mean: $\mu_j = \frac{1}{m} \sum_{i=1}^{m} x_{ij}$
2. Compute the variance: $\sigma_j^2 = \frac{1}{m} \sum_{i=1}^{m} (x_{ij} - \mu_j)^2$
3. Normalize: $\hat{x}_{j} = \frac{x_{j} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}}$
   where $\epsilon$ is a small constant.

$$\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}\frac{\partial y_i}{\partial \gamma} = \sum_{i=1}^m \delta_i \hat{x}_i  \\
\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}\frac{\partial y_i}{\partial \beta} = \sum_{i=1}^m \delta_i$$
""",
    ),
}

FURTHER: dict[str, tuple[str, str]] = {
    "squared error, question": (
        "E t a net w",
        r"""I'm using:

\[ E = \frac{1}{2} \sum (t_k - a_k)^2 \]

\[ \Delta W \propto - \frac{\partial E}{\partial W} \]

So I have to look at

\[ \frac{\partial E}{\partial a_k} \times \frac{\partial a_k}{\partial net_k} \times \frac{\partial net_k}{\partial w_{jk}} \]

I get $\frac{\partial E}{\partial a_k} = -(t_k - a_k)$. The sigmoid is $\frac{1}{1+e^{-z}}$, and its derivative $a_k(1-a_k)$, but why?
\[ \frac{\partial a_k}{\partial net_k} = \frac{e^{-net_k}}{(1+e^{-net_k})^{2}} \]
""",
    ),
    "cross entropy, blog": (
        "L y p a l",
        r"""The loss is
\[ L = -\sum_j^C y_j \log p_j \\ = -\sum_j^C \ell_j. \] Here \(p_j\) is the softmax output,
\[ p_j = \frac{\exp( a_j)}{\sum_k^C \exp(a_k)}. \] By the chain rule,
\[ \frac{\partial L}{\partial a_i} = -\sum_j^C \frac{\partial \ell_j}{\partial p_j} \frac{\partial p_j}{\partial a_i}. \] If \(i=j\),
\[ = \frac{\partial }{\partial a_j} \frac{\exp( a_j)}{\sum_k^C \exp(a_k)} \\ = p_j -p_j^2 \\ = p_j(1-p_j). \] Both cases combined:
\[ \frac{\partial p_j}{\partial a_i} = p_j(\delta_{ij} -p_i). \]
""",
    ),
    "softmax output, blog": (
        "C s y z",
        r"""The final formula is

$$\frac{\partial C}{\partial z_{i}} = \sum_{k}^{ } \frac{\partial C}{\partial s_{k}}\frac{\partial s_{k}}{\partial z_{i}} = s_{i} - y_{i}$$

where the cost is $$C = -\sum_{k}^{ } y_{k}ln(s_{k} )$$

So I took this challenge.
""",
    ),
    "backprop with softmax, question": (
        "E t o z w b",
        r"""The error function is

$$E(t,o)=-\sum_j t_j \log o_j$$

$$o_j=softmax(z_j)=\frac{e^{z_j}}{\sum_j e^{z_j}}$$

$$z_j=\sum_i w_{ij}o_i+b$$

Now, to update $w_{ij}$, I need

$$\frac{\partial E} {\partial w_{ij}}=\frac{\partial E} {\partial o_j} \frac{\partial o_j} {\partial z_{j}} \frac{\partial z_j} {\partial w_{ij}}$$

The last one is simple: $$\frac{\partial z_j} {\partial w_{ij}}=o_i$$
and the first is $$\frac{\partial E} {\partial o_j} = \frac{-t_j}{o_j}$$
""",
    ),
    "final equation, lecture notes": (
        "C z w",
        r"""We have that (replacing \( L \) with a general layer \( l \))

$$ \delta_j^l =\frac{\partial {\cal C}}{\partial z_j^l}. $$

Using the chain rule and summing over all \( k \) entries we have

$$ \delta_j^l =\sum_k \frac{\partial {\cal C}}{\partial z_k^{l+1}}\frac{\partial z_k^{l+1}}{\partial z_j^{l}}=\sum_k \delta_k^{l+1}\frac{\partial z_k^{l+1}}{\partial z_j^{l}}, $$

and recalling that

$$ z_j^{l+1} = \sum_{i=1}^{M_{l}}w_{ij}^{l+1}a_i^{l}+b_j^{l+1}, $$

with \( M_l \) the number of nodes in layer \( l \), we obtain

$$ \delta_j^l =\sum_k \delta_k^{l+1}w_{kj}^{l+1}f'(z_j^l), $$

This is our final equation.
""",
    ),
    "linear regression with deltas, README": (
        "MSE W X Y b n",
        r"""$
errors = Ŷ - Y
$

# Descent gradients

* $ Y = WX^T + b $
* $ MSE = \frac{errors²}{n} $
* $ errors = Ŷ - (WX^T + b)$

$$ \frac{\delta MSE}{\delta W} = \frac{\delta MSE}{\delta errors} \cdot \frac{\delta errors}{\delta W} $$

$ \frac{\delta MSE}{\delta b} = \frac{-2errors}{n}$

## update weights and bias

$ new_W = old_W - \alpha\cdot \frac{\delta MSE}{\delta W} $
""",
    ),
    "RNN, notes": (
        "h x y W b L",
        r"""$$h_t = \phi(W_{xh}x_t + W_{hh}h_{t-1} + b_h) \tag{1}$$
$$y_t = \psi(W_{hy}h_t + b_y) \tag{2}$$

**Loss function**: $$L = \sum_{t=1}^{T} L(y_t, \hat{y}_t) \tag{3}$$

**Backpropagation through time (BPTT)**

$$\frac{\partial L}{\partial W_{hy}} = \sum_{t=1}^{T} \frac{\partial L}{\partial y_t} \frac{\partial y_t}{\partial W_{hy}} \tag{4}$$
""",
    ),
    "plain lists, chat": (
        "L w1 w2 b1 b2 x h y p z1 z2",
        """Here's the derivation:

Forward:
  z1 = w1*x + b1,  h = tanh(z1)
  z2 = w2*h + b2,  p = sigmoid(z2)
  L = -(y*log(p) + (1-y)*log(1-p))

Backward:
  dL/dz2 = p - y
  dL/dw2 = (p - y)*h
  dL/db2 = p - y
  dL/dh  = (p - y)*w2
  dL/dz1 = (p - y)*w2*(1 - h**2)   # tanh' = 1 - tanh²
  dL/dw1 = dL/dz1 * x
  dL/db1 = dL/dz1

Note that dL/dz2 = p - y holds because the sigmoid and the cross entropy cancel.
""",
    ),
    "unicode homework": (
        "L ŷ y z a1 W1 W2 x b1 b2",
        """(a) ∂L/∂ŷ = −(y/ŷ) + (1−y)/(1−ŷ)
(b) ∂ŷ/∂z₂ = ŷ(1−ŷ)
(c) ⇒ ∂L/∂z₂ = ŷ − y
(d) ∂L/∂W₂ = (ŷ − y) a₁ᵀ, ∂L/∂b₂ = ŷ − y
(e) ∂L/∂a₁ = W₂ᵀ(ŷ − y)
(f) δ₁ = W₂ᵀ(ŷ − y) ⊙ σ′(z₁); hence ∂L/∂W₁ = δ₁ xᵀ and ∂L/∂b₁ = δ₁.
""",
    ),
    "indices, notes": (
        "E o t w x net y",
        r"""For a unit $j$ in the output layer:
$$\delta_j = \frac{\partial E}{\partial net_j} = (o_j - t_j)\,o_j(1-o_j)$$
and for hidden units
$$\delta_j = o_j(1-o_j)\sum_{k \in \text{downstream}(j)} \delta_k w_{kj}.$$
Then $\frac{\partial E}{\partial w_{ji}} = \delta_j x_{ji}$ for all $i,j$, and $w_{ji} \leftarrow w_{ji} - \eta\,\delta_j x_{ji}$.
""",
    ),
    "Leibniz, blog": (
        "C0 w a z y b",
        r"""Take the cost of the last layer, \(C_0 = (a^{(L)} - y)^2\), with \(z^{(L)} = w^{(L)} a^{(L-1)} + b^{(L)}\).

\[
\frac{\partial C_0}{\partial w^{(L)}} = \frac{\partial z^{(L)}}{\partial w^{(L)}}\,\frac{\partial a^{(L)}}{\partial z^{(L)}}\,\frac{\partial C_0}{\partial a^{(L)}}
= a^{(L-1)}\,\sigma'(z^{(L)})\,2(a^{(L)} - y)
\]

Averaged over $n$ examples:
$$\frac{\partial C}{\partial w^{(L)}} = \frac1n \sum_{k=0}^{n-1} \frac{\partial C_k}{\partial w^{(L)}}$$
""",
    ),
    "ReLU, chat with LaTeX": (
        "L W1 W2 b1 b2 x h a y ŷ",
        r"""Let \( h = W_1 x + b_1 \), \( a = \max(0, h) \) and \( \hat y = W_2 a + b_2 \).

**Gradients:**

- \( \frac{\partial L}{\partial \hat{y}} = \hat{y} - y \)
- \( \frac{\partial L}{\partial W_2} = (\hat{y} - y) a^\top \)
- \( \frac{\partial L}{\partial a} = W_2^\top (\hat{y} - y) \)
- \( \frac{\partial L}{\partial h} = \frac{\partial L}{\partial a} \odot \mathbb{1}[h > 0] \)
- \( \frac{\partial L}{\partial W_1} = \frac{\partial L}{\partial h} x^\top \)
""",
    ),
    "one neuron, slide": (
        "L w b x y ŷ z",
        """Gradient descent for one neuron

• z = wx + b
• ŷ = σ(z)
• L = ½ (ŷ – y)²
• dL/dw = (ŷ – y) ŷ (1 – ŷ) x
• dL/db = (ŷ – y) ŷ (1 – ŷ)
→ w := w – 0.1 · dL/dw
Questions?
""",
    ),
    "tanh, plain question": (
        "L v w x h y t",
        """My net: h = tanh(w*x), y = v*h, L = (y-t)^2.
I got dL/dv = 2(y-t)h and dL/dw = 2(y-t)*v*(1-h^2)*x, is that right?
With x = 1, w = 0.5, v = 2, t = 1 it gives dL/dw = -0.2393.
""",
    ),
    "multi-class, align": (
        "L z p y W x b",
        r"""\begin{align}
L &= -\sum_{k=1}^{K} y_k \ln p_k, \qquad p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} \\
\frac{\partial L}{\partial z_k} &= p_k - y_k \label{eq:dz} \\
\frac{\partial L}{\partial W_{ki}} &= (p_k - y_k)\, x_i, \quad k = 1, \dots, K \\
\frac{\partial L}{\partial b_k} &= p_k - y_k.
\end{align}
""",
    ),
    "mean squared error, blog": (
        "L w b x y N f",
        r"""The loss is the mean squared error
$$
L(w,b) = \frac{1}{N} \sum_{i=1}^N (y_i - (wx_i + b))^2
$$
Taking partial derivatives:
$$\begin{aligned}
\frac{\partial L}{\partial w} &= \frac{1}{N}\sum_{i=1}^N -2x_i(y_i - (wx_i + b)) \\
\frac{\partial L}{\partial b} &= \frac{1}{N}\sum_{i=1}^N -2(y_i - (wx_i + b))
\end{aligned}$$
Then we update $w = w - \alpha \frac{\partial L}{\partial w}$ and $b = b - \alpha \frac{\partial L}{\partial b}$.
""",
    ),
    "attention, notes": (
        "L S A V O Q K d",
        r"""With $S = QK^\top/\sqrt{d}$, $A = \mathrm{softmax}(S)$ and $O = AV$:
- $\partial L/\partial V = A^\top\, \partial L/\partial O$
- $\partial L/\partial A = \partial L/\partial O\; V^\top$
- $\partial L/\partial S_{ij} = A_{ij}\left(\partial L/\partial A_{ij} - \sum_l A_{il}\,\partial L/\partial A_{il}\right)$
- $\partial L/\partial Q = \frac{1}{\sqrt{d}}\,\partial L/\partial S\; K$
""",
    ),
    "diamond, forum": (
        "O u v h I w1 w2 w3 w4 w5",
        """I have inputs I, hidden h, then u and v, then output O, all sigmoid.

∂O/∂w₅ = O(1-O)v
∂O/∂w₄ = O(1-O)u
∂O/∂w₃ = O(1-O)w₅v(1-v)h
∂O/∂w₁ = O(1-O)[w₄u(1-u)w₂h(1-h)I + w₅v(1-v)w₃h(1-h)I]

Is the last one correct? I'm not sure about the sum...
""",
    ),
}
