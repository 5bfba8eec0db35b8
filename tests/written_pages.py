"""Derivations as people write them: the formulas of public pages, with the words between them put anew.

From questions and answers, course notes, READMEs, blog posts and chats; each with the names of the nodes that somebody
who checks it would have, and what it claims.
"""

# ruff: noqa: E501 (a page has the lines that it has)

PAGES: dict[str, tuple[str, str]] = {
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
\[ \frac{\partial L}{\partial a_i} = -\sum_j^C \frac{\partial \ell_j}{\partial p_j} \frac{\partial p_j}{\partial a_i}. \] The second one is
\[ \frac{\partial p_j}{\partial a_i} = \frac{\partial }{\partial a_i} \frac{\exp( a_j)}{\sum_k^C \exp(a_k)} \] If \(i=j\),
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
    "two layers, notes in code blocks": (
        "x W₁ b₁ z₁ h₁ W₂ b₂ z₂ h₂ W₃ b₃ z₃ ŷ y L n",
        """# Gradients

- **Input**: x (scalar)
- **Layer 1**:
  - Linear: z₁ = W₁·x + b₁
  - Activation: h₁ = tanh(z₁)

```
Input (x) → Hidden Layer 1 (1 neuron + tanh) → Output (y)
```

**Forward Pass**:
```
z₁ = 0.5 × 2.0 + 0.1 = 1.1
h₁ = tanh(1.1) ≈ 0.8005

z₂ = 0.8 × 0.8005 + (-0.2) = 0.4404
```

If true value y = 4.0 (since x² = 4), then error = 0.7967 - 4.0 = -3.2033

```
L = (1/n) × Σᵢ (ŷᵢ - yᵢ)²
```

For a single sample:
```
L = (ŷ - y)²
```

```
∂L/∂ŷ = 2(ŷ - y)
```
""",
    ),
    "learning correction, astrophysics": (
        "f A x y z g b e N",
        r"""Let's start with our cost function:

$$f(A_{ij}) = \sum_{i=1}^{N_\mathrm{out}} \left [ g\left (\sum_{j=1}^{N_\mathrm{in}} A_{ij} x^k_j \right ) - y^k_i \right ]^2$$

$$\frac{\partial f}{\partial A_{pq}} =
  2 \sum_{i=1}^{N_\mathrm{out}} (z_i - y^k_i) \frac{\partial z_i}{\partial A_{pq}}$$

Now the chain rule:

$$\frac{\partial z_i}{\partial A_{pq}} = \frac{\partial g(b_i)}{\partial A_{pq}} = \left . \frac{\partial g}{\partial \xi} \right |_{\xi=b_i} \frac{\partial b_i}{\partial A_{pq}}$$

with

$$\frac{\partial b_i}{\partial A_{pq}} = \sum_{j=1}^{N_\mathrm{in}} \frac{\partial A_{ij}}{\partial A_{pq}} x^k_j = \sum_{j=1}^{N_\mathrm{in}} \delta_{ip} \delta_{jq} x^k_j = \delta_{ip} x^k_q$$

and for $g(\xi)$, we take the sigmoid,

$$g(\xi) = \frac{1}{1 + e^{-\xi}}$$

so

$$\frac{\partial g}{\partial \xi} = - (1 + e^{-\xi})^2 (- e^{-\xi})
  = g(\xi) \frac{e^{-\xi}}{1+ e^{-\xi}} = g(\xi) (1 - g(\xi))$$

Then finally:

\begin{align}
\frac{\partial f}{\partial A_{pq}} &= 2 \sum_{i=1}^{N_\mathrm{out}}
   (z_i - y^k_i) z_i (1 - z_i) \delta_{ip} x^k_q \\
   &= 2 (z_p - y^k_p) z_p (1- z_p) x^k_q
\end{align}

where the $\delta_{ip}$ means that only a single term contributes.

* $e_p^k \equiv (z_p - y_p^k)$ is the error on the output layer.
""",
    ),
    "cheat sheet": (
        "x w b a y z L η f s",
        r"""**2 Forward Pass**

$$
s_{h} = f_{h}(w,b) = \sum_{i=1}^{n} x_i w_i + b
$$

$$
a_{h} = f_{h}(s_{h})
$$

$$
L = \frac{1}{2} \left(y_{o} - z\right)^2
$$

$$
\begin{aligned}
\nabla L(w_{i}) &= \delta_{o} \cdot a_{i} \\
\nabla L(b) &= \delta_{o}
\end{aligned}
$$

$$
\begin{aligned}
\delta_{o}
&= f_{o}'(s) \cdot \left(y_{0} - z\right) \\
&= y_{0} \left(1 - y_{0}\right) \cdot \left(y_{0} - z\right)
\end{aligned}
$$

$$
\begin{aligned}
w_{i_{new}}
&= w_{i_{old}} - \eta \delta_{o} \cdot a_{i} \\
b_{new}
&= b_{old} - \eta \delta_{o}
\end{aligned}
$$
""",
    ),
    "tiny brain, README": (
        "x w b o f e a c d L",
        """## Neural Network

a basic neuron could be modelled by

`o = f ( sum (xi * wi ) + b )`

where:

`xi` is the input

`wi*xi` is the dendrite

**hyperbolic tangent function**

`tanh(x) = (e^x - 1) / (e^x + 1)`

giving a function
e = a*b
d = e + c
L = d * f
""",
    ),
    "matrix dimensions, question": (
        "L W_3 W_2 ŷ y z_3 z_2 H_2 H_1",
        r"""The output layer has 10 possible outcomes (digits 0-9). I computed:

$$
\frac{\partial L}{\partial W_3} = \frac{\partial L}{\partial \hat{y}} \frac{\partial \hat{y}}{\partial z_3} \frac{\partial z_3}{\partial W_3} = [1\ H_2]^T(\hat{y} - y)
$$

Where:
- $\frac{\partial L}{\partial z_3} = (\hat{y} - y)$ is the partial derivative with respect to the softmax input.
- $\frac{\partial H_2}{\partial z_2} = \frac{\partial}{\partial z_2} \sigma(z_2)=\sigma(z_2)(1-\sigma(z_2))=H_2(1-H_2) \in \mathbb{R}^{10\times1}$

I checked: $(\hat{y} - y) \in \mathbb{R}^{1 \times 10}$ fits.
""",
    ),
    "matrix matrix gradient, blog": (
        "L W D X",
        r"""It gets hairy with matrices, such as $WX + b$:

\[\frac{\partial L}{\partial W} = \frac{\partial L}{\partial D} \frac{\partial D}{\partial W} \\ \frac{\partial L}{\partial W} = \frac{\partial L}{\partial D} X^{T}\]Let:

- $X = (m, n)$ input matrix with $m$ features
- $D = WX$
- scalar value $L = f(D)$

Start with a specific weight $W_{dc}$.

\[\frac{\partial L}{\partial W_{dc}}=\sum_{i,j} \frac{\partial L}{\partial D_{ij}}\frac{\partial D_{ij}}{\partial W_{dc}}\]We know that $\frac{\partial D_{ij}}{\partial W_{dc}} = 0$ if $i\neq d$ because of the dot product.
""",
    ),
    "simple rules, README": (
        "y x w b L",
        r"""Let's have $y = x \cdot w + b$. The rules are simple, e.g.

$$dy/dx = w$$
$$dy/dw = x$$
$$dy/db = 1$$

$$dL/dx = df(y)/dy \cdot dy/dx = df(y)/dy \cdot w$$
$$dL/db = df(y)/dy \cdot dy/db = df(y)/dy \cdot 1$$.

$w.g = \partial{L}/∂{w} = \partial{L}/\partial{y} \cdot \partial{y}/\partial{w}$
""",
    ),
    "delta rule, notes": (
        "θ w t y x W z L η h f",
        r"""\[ \theta := \theta - \eta \nabla f(\theta) \]

where \( \eta \) is the learning rate. For a single layer:

\[ w := w + \eta (t - y) x \]

\[ \delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l) \]

\[ \Delta w_{ji} = \eta (y_j - \hat{y}_j) x_i \]

For the output layer:
\[ \delta_j = (y_j - \hat{y}_j) \cdot f'(h_j) \]
For hidden layers:
\[ \delta_j = \left( \sum_k w_{kj} \delta_k \right) \cdot f'(h_j) \]
""",
    ),
    "lecture 6": (
        "z w x v y c o i t E d θ",
        r"""The equation for \(z\) is:

$$
z = wx + vy + c
$$

$$
o = \sum_{j=1}^{n}(w_j \cdot i_j)
$$

$$
E = \frac{\sum_{k}\left(t^k - y^k\right)^2}{2}
$$

Now, the gradient with respect to \(w[i]\) is:

$$
\frac{dE}{dw[i]} = -\sum_{k}(t^k - y^k) \cdot \frac{dy^k}{dw[i]}
$$

$$
= -\sum_{k}(d^k \cdot x[i]^k)
$$

Where:

$$
f(x) = \frac{1}{1 + \exp(-ax)}
$$

Therefore:

$$
f'(x) = f(x)(1 - f(x))
$$

So:

$$
d^k = (t^k - y^k) \cdot y^k(1 - y^k)
$$
""",
    ),
    "worked example, chat": (
        "x w1 w2 b1 b2 z1 a1 z2 a2 y L",
        """**Given:** x = 0.5, w1 = 0.4, b1 = 0.1, w2 = -0.3, b2 = 0.2, y = 1

**Step 1 – Forward pass**

z1 = w1·x + b1 = 0.4·0.5 + 0.1 = 0.3
a1 = σ(z1) ≈ 0.5744
z2 = w2·a1 + b2 ≈ 0.0277
a2 = σ(z2) ≈ 0.5069
L = ½(a2 − y)² ≈ 0.1216

**Step 2 – Backward pass**

δ2 = (a2 − y)·a2·(1 − a2) ≈ −0.1233
∂L/∂w2 = δ2·a1 ≈ −0.0708
∂L/∂b2 = δ2
δ1 = δ2·w2·a1·(1 − a1) ≈ 0.0090
∂L/∂w1 = δ1·x ≈ 0.0045

**Step 3 – Update (η = 0.1)**

w2_new = w2 − η·∂L/∂w2 = −0.3 + 0.00708 = −0.2929
""",
    ),
    "wiki style": (
        "E t y w h g x α",
        r"""The error for $j$ outputs is
: $E=\sum_{j} \tfrac{1}{2}\left(t_j-y_j\right)^2.$

We differentiate by the weight and apply the chain rule:
: $\frac{\partial E}{ \partial w_{ji} } = \frac{ \partial \left ( \frac{1}{2} \left( t_j-y_j \right ) ^2 \right ) }{ \partial y_j } \frac{ \partial y_j }{ \partial w_{ji} }$

: $= - \left ( t_j-y_j \right ) \frac{ \partial y_j }{ \partial w_{ji} }$

: $= - \left ( t_j-y_j \right ) g'(h_j) \; x_i$

Thus the rule is $\Delta w_{ji}=\alpha(t_j-y_j) g'(h_j) x_i.$
""",
    ),
    "layer norm, vault": (
        "X X' Y μ σ γ β E N δ",
        r"""$$\mu = \frac{1}{N}\sum \limits_{i = 0}^{N}X_i$$
$$\sigma = \sqrt{\frac{1}{N}\sum \limits_{i = 0}^{N}(X_i-\mu)^2}$$

$$X'_i = \frac{X_i - \mu}{\sigma}$$
And then the output:
$$Y_i = \gamma X'_i + \beta$$

Backpropagation
We have $\frac {\partial E}{\partial Y_i}$ then
$$\frac {\partial E}{\partial X_j} = \frac {\partial E}{\partial Y_i}\frac {\partial Y_i}{\partial X'_k}\frac {\partial X'_k}{\partial X_j} = \frac {\partial E}{\partial Y_i}\gamma \delta_{k}^i \frac {\partial X'_k}{\partial X_j} = \frac {\partial E}{\partial Y_i}\gamma \frac{\partial \frac{X_i - \mu}{\sigma}}{\partial X_j}$$
$$d(\frac{f}{g}) = \frac {g\cdot df - f\cdot dg}{g^2}$$
$$\frac{\partial \frac{X_i - \mu}{\sigma}}{\partial X_j} = \frac{\sigma\frac{\partial (X_i - \mu)}{\partial X_j} - (X_i - \mu) \frac{\partial \sigma}{\partial X_j}}{\sigma^2}$$
$$\frac{\partial (X_i - \mu)}{\partial X_j} = \frac{\partial X_i}{\partial X_j} + \frac{\partial \mu}{\partial X_j} = \delta_j^i + \frac{1}{N}$$
$$\frac{\partial \sigma}{\partial X_j} = \frac{1}{2\sigma}\frac{1}{N}\frac{\partial \sum \limits_{i = 0}^{N}(X_i-\mu)^2}{\partial X_j} = \frac{1}{2N\sigma}\sum \limits_{i = 0}^{N}\frac{\partial(X_i-\mu)^2}{{\partial X_j}}$$
""",
    ),
    "layer norm, README": (
        "x x̂ y μ σ γ β L N ε",
        r"""# Derivation of LayerNorm Backpropagation

## Forward Pass

$$ \mu = \frac{1}{N} \sum_{i=1}^N x_i $$

$$ \sigma^2 =  \frac{1}{N}  \sum_{i=1}^N (x_i - \mu)^2$$

$$ \hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} $$

$$ y_i = \gamma_i \cdot \hat{x}_i + \beta_i $$

First consider the partial derivatives of $\mu$ and $\sigma^2$ with respect to some element $x_i$.

$$ \frac{\partial \mu}{\partial x_i} = \frac{1}{N} $$

$$ \frac{\partial \sigma^2}{\partial x_i} = \frac{1}{N} \left[ \sum_{j = 1}^N 2(x_j - \mu) (-\frac{1}{N}) + 2(x_i - \mu) \right] = \frac{2}{N} (x_i - \mu) $$

Note that $ \sum_{i=1}^N (x_i - \mu) = 0$.
""",
    ),
    "normalize, bold letters": (
        "q p x y w b o r σ c do dr dq dp",
        r"""$$
\begin{aligned}
\mathbf p  & =\mathbf x+\mathbf y, \\
\sigma&= \sqrt{\mathbf q^\top \mathbf q}, \\
\mathbf r&= \mathbf q /\sigma, \\
\mathbf o&=c\times\mathbf r \odot \mathbf w + \mathbf b.

\end{aligned}
$$

## Backward

$$
\begin{aligned}
\mathbf {db}&= \mathbf {do},\\
\mathbf {dw}&= \mathbf {do} \odot (c\times \mathbf r),  \\
\mathbf {d r}&= \mathbf {do} \odot (c\times \mathbf w),\\
\mathbf {dq}&= \mathbf {dr}\odot \left(1/\sigma- \mathbf q/\sigma^2 \odot \frac{\partial \sigma}{\partial \mathbf q}  \right)\\
&=  \mathbf {dr}\odot \left(1/\sigma- \mathbf r^2 /\sigma  \right) \\
&= (\mathbf {dr}/\sigma)\odot (1-\mathbf r^2), \\
\mathbf {d}p_k& = \sum_{i=1}^d \mathbf {d}q_i \frac{\partial q_i }{\partial p_k}
\end{aligned}
$$
""",
    ),
    "homework sheet": (
        "l θ x y h g z n",
        r"""(15 pts) In this problem, we will find $\nabla l(\theta)$, where $l(\theta)$ is the cross-entropy loss:
$l(\theta) = -\frac{1}{n} \sum_{i=1}^{n} (y^{(i)} \log(h_{\theta}(x^{(i)})) + (1 - y^{(i)}) \log(1 - h_{\theta}(x^{(i)})))
$
a) (5 pts) Recall that $h_{\theta}(x) = g(\theta^T x)$, where $g(z) = \frac{1}{1 + e^{-z}}$. So we want the derivative of $g(z)$. Show that $g'(z) = g(z)(1 - g(z))$.
b) (6 pts) Then, for $h_{\theta}(x^{(i)}) = g(z)$, where $z = \theta^T x^{(i)}$, show the following:
$\frac{\partial h_{\theta}(x^{(i)})}{\partial \theta_j} = g(z)(1 - g(z))x_j^{(i)}$
$\frac{\partial \log(h_{\theta}(x^{(i)}))}{\partial \theta_j} = (1 - g(z))x_j^{(i)}$, $\frac{\partial \log(1 - h_{\theta}(x^{(i)}))}{\partial \theta_j} = -g(z)x_j^{(i)}$
c) (4 pts) Finally show that:
$\frac{\partial l(\theta)}{\partial \theta_j} = \frac{1}{n} \sum_{i=1}^{n} (h_{\theta}(x^{(i)}) - y^{(i)})x_j^{(i)}$
""",
    ),
    "warm-up, course page": (
        "q x w z",
        r"""Let \(\sigma:\mathbb{R}\rightarrow (0,1)\) be the logistic sigmoid function, defined by \(\sigma(z) = \frac{1}{1 + e^{-z}}\).

Prove by calculation that for any \(z\in \mathbb{R}\), we have

\[ \begin{aligned} \frac{d}{dz}\sigma(z) = \sigma(z)(1 - \sigma(z))\;. \end{aligned} \]

Let \(q:\mathbb{R}^d \rightarrow (0,1)\) be the function defined by \(q(\mathbf{x}) = \sigma(\mathbf{w}^\top \mathbf{x})\) for some \(\mathbf{w}\in \mathbb{R}^d\).
""",
    ),
    "logistic loss, practice": (
        "L θ x y",
        r"""The loss for a single example can be written as \begin{align} \mathcal{L}(\theta) = y\log \sigma(\theta^Tx) + (1 - y) \log (1-\sigma(\theta^Tx)) \end{align} where $\sigma$ is the sigmoid function.

Show that the gradient is given by \begin{align} \nabla_\theta \mathcal{L}(\theta) = (y - \sigma(x)) x. \end{align}
""",
    ),
    "sigmoid derivative, primer": (
        "z",
        r"""• Prove that the derivative of the sigmoid with respect to the input \(z\) is:
\[\frac{d}{d z} \sigma(z)=\sigma(z)(1-\sigma(z))\]
  • Recall that the sigmoid function is given by:
\[\sigma(z)=\frac{1}{1+e^{-z}}\]
  • Here's how we obtain its derivative:
\[\begin{aligned} \frac{d}{d z} \sigma(z) &=\frac{d}{d z}\left[\frac{1}{1+e^{-z}}\right] \\ &=\frac{d}{d z}\left(1+\mathrm{e}^{-z}\right)^{-1} \\ &=-\left(1+e^{-z}\right)^{-2}\left(-e^{-z}\right) \\ &=\frac{e^{-z}}{\left(1+e^{-z}\right)^{2}} \\ &=\frac{1}{1+e^{-z}} \cdot \frac{\left(1+e^{-z}\right)-1}{1+e^{-z}} \\ &=\frac{1}{1+e^{-z}} \cdot\left(1-\frac{1}{1+e^{-z}}\right) \\ &=\boxed{\sigma(z) \cdot(1-\sigma(z))} \end{aligned}\]
""",
    ),
    "XOR in matrices, notebook": (
        "X W x w",
        r"""We can take input as a vector:-

$$X=
\begin{bmatrix}
  x_1 \\ x_2
 \end{bmatrix}$$

First layer weights:-

$$W^1=
\begin{bmatrix}
w^1_{11} & w^1_{12} \\
w^1_{21} & w^1_{22}
\end{bmatrix}$$
""",
    ),
    "NLL, blog": (
        "L w x X y",
        r"""The gradient of the NLL with respect to \( \mathbf{w} \) is:

\[
\nabla_{\mathbf{w}} L = \sum_{i=1}^{n} (\sigma(\mathbf{w}^T \mathbf{x}_i) - y_i) \mathbf{x}_i
\]

\[
\frac{\partial L}{\partial \mathbf{w}} = \mathbf{X}^T (\sigma(\mathbf{Xw}) - \mathbf{y})
\]

where \( \sigma(z) = \frac{1}{1 + e^{-z}} \), \( y_i \) is the true label, and \( \mathbf{x}_i \) the feature vector.
""",
    ),
    "chapter 3-6, Unicode": (
        "L w₁ a₃ a₂ ŷ y z₂ z₁ a₁ W₁ W₂ W x f g",
        r"""Backprop computes how much each weight contributed to the error.
The chain rule
For any composed function y = f(g(x)):
dy/dx = (dy/dg) × (dg/dx)
In a network with layers L₁ → L₂ → L₃:
∂L/∂w₁ = (∂L/∂a₃) × (∂a₃/∂a₂) × (∂a₂/∂w₁)
Each arrow is a multiplication — gradients chain backward layer by layer.
Step 1 — output gradient
For MSE loss and sigmoid output:
L = ½(ŷ − y)²
∂L/∂z₂ = (ŷ − y) · ŷ · (1 − ŷ)
This is the error signal that enters the network from the right.
Step 2 — hidden layer gradient
∂L/∂a₁[j] = Σᵢ W₂[i][j] · ∂L/∂z₂[i] (sum from all output neurons)
∂L/∂z₁[j] = ∂L/∂a₁[j] · ReLU'(z₁[j])
ReLU'(z) = 1 if z > 0, 0 if z ≤ 0
Key: if a hidden neuron was dead (z ≤ 0), its gradient is exactly 0.
Step 3 — weight update
∂L/∂W₂[i][j] = ∂L/∂z₂[i] · a₁[j] (output weight gradient)
∂L/∂W₁[j][k] = ∂L/∂z₁[j] · x[k] (hidden weight gradient)
Update rule (gradient descent):
W ← W − η · ∂L/∂W
η is the learning rate.
""",
    ),
    "interview answer": (
        "x w1 w2 y z1 a1 z2 a2 L",
        r"""Great question — let me now explain **exactly how we got** the gradients for `w2` and `w1`. You'll see where `0.069` comes from.

---

* Input: `x = 1.0`
* Weights: `w1 = 0.5`, `w2 = 0.5`
* Target output: `y_true = 0.0`

### Hidden Layer:

$$
z1 = x \cdot w1 = 1.0 \cdot 0.5 = 0.5 \\
a1 = \text{ReLU}(z1) = 0.5
$$

$$
z2 = a1 \cdot w2 = 0.5 \cdot 0.5 = 0.25 \\
a2 = \text{sigmoid}(z2) = \frac{1}{1 + e^{-0.25}} \approx 0.562
$$

### Step 1: Derivative of Loss w\.r.t Output

$$
L = -[y \cdot \log(a2) + (1 - y) \cdot \log(1 - a2)]
$$

Since $y = 0$, the simplified loss becomes:

$$
L = -\log(1 - a2)
$$

$$
\frac{dL}{da2} = \frac{a2 - y}{a2 \cdot (1 - a2)} \cdot a2 \cdot (1 - a2) = a2 - y
$$

### Step 2: Derivative of `a2` (output) w\.r.t `z2` (output input)

$$
a2 = \text{sigmoid}(z2),\quad \frac{da2}{dz2} = a2 \cdot (1 - a2)
$$

This value (`0.138`) is the **gradient signal flowing back**.

* $\frac{dL}{dz2} \approx 0.138$
* $z2 = a1 \cdot w2$, so $\frac{dz2}{dw2} = a1 = 0.5$

$$
\frac{dL}{dw2} = 0.138 \cdot 0.5 = 0.069
$$

✔️ That's how we get the **gradient for `w2`: 0.069**
""",
    ),
    "lesson 8": (
        "x z w b a y L",
        r"""You know every stage already:

x  →  z = w·x + b  →  a = σ(z)  →  L = (a − y)²

Concrete numbers: input x = 1.0, target y = 1.0, current weight w = 0.5, bias b = 0.0.

dL/dw = dL/da · da/dz · dz/dw

- dz/dw = x = 1.0
- dz/db = 1.0
- da/dz = a · (1 − a)
- dL/da = 2(a − y)
""",
    ),
    "following the gradient, notebook": (
        "L y x W f g",
        r"""**The problem:** Our network is a composition of functions:
$$\text{loss} = f_5(f_4(f_3(f_2(f_1(\text{input})))))$$

How do we compute $\frac{\partial \text{loss}}{\partial W}$ for some weight $W$ buried deep in $f_2$?

If $y = f(g(x))$, then:
$$\frac{dy}{dx} = \frac{dy}{dg} \cdot \frac{dg}{dx}$$

If $L$ depends on $y$, and $y$ depends on $x$, then:
$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} \cdot \frac{\partial y}{\partial x}$$
""",
    ),
    "question 5": (
        "z W_1 W_2 x y X Z G1 G2 m",
        r"""For input $x \in \mathbb{R}^n$, we'll consider a network of the form

$$\begin{equation}
z = W_2^T \mathrm{ReLU}(W_1^T x)
\end{equation}$$

where $W_1 \in \mathbb{R}^{n \times d}$. Let

$$\begin{equation}
\begin{split}
Z_1 \in \mathbb{R}^{m \times d} & = \mathrm{ReLU}(X W_1) \\
G_2 \in \mathbb{R}^{m \times k} & = \mathrm{normalize}(\exp(Z_1 W_2)) - I_y \\
G_1 \in \mathbb{R}^{m \times d} & = \mathrm{1}\{Z_1 > 0\} \circ (G_2 W_2^T)
\end{split}
\end{equation}$$

Then the gradients are given by

$$\begin{equation}
\begin{split}
\nabla_{W_1} \ell_{\mathrm{softmax}}(\mathrm{ReLU}(X W_1) W_2, y) & = \frac{1}{m} X^T G_1  \\
\nabla_{W_2} \ell_{\mathrm{softmax}}(\mathrm{ReLU}(X W_1) W_2, y) & = \frac{1}{m} Z_1^T G_2.
\end{split}
\end{equation}$$
""",
    ),
    "diagrams": (
        "X W B L x w b l",
        r"""**Input variables:**

\[ X = \begin{bmatrix} x_{1, 1} & x_{1, 2} \\ x_{2, 1} & x_{2, 2} \end{bmatrix} \]

**First layer linear combination:**

\[ L^{1} = XW^{1} + B^{1} = \begin{bmatrix} l^{1}_{1,1} & l^{1}_{1, 2} \\ l^{1}_{2, 1} & l^{1}_{2, 2} \end{bmatrix} = \begin{bmatrix} x_{1, 1} w^{1}_{1, 1} + x_{1, 2} w^{1}_{2, 1} + b^{1}_1 & x_{1, 1} w^{1}_{1, 2} + b^{1}_2 \\ x_{2, 1} w^{1}_{1, 1} + b^{1}_1 & x_{2, 2} \end{bmatrix} \]
""",
    ),
    "update, hub": (
        "L w",
        r"""Mathematically, we need the partial derivative $\partial L / \partial w$ for every weight. With that, we can update:

$$w \leftarrow w - \eta \, \frac{\partial L}{\partial w}$$

where $\eta$ is a small positive number called the learning rate.
""",
    ),
    "VAE gradients, notes": (
        "z w a b C x L μ σ ε",
        r"""## Usual Backpropagation

For layers $2 \leq \ell \leq L$, a network is defined by

$$z^{\ell} = w^{\ell}a^{\ell-1} + b^{\ell}$$
$$a^{\ell} = \sigma^{\ell}(z^{\ell})$$

>  NOTE: Superscripts are not exponentiation unless stated.

[We define](http://neuralnetworksanddeeplearning.com/chap2.html) the error $\delta_j^{\ell}$ of neuron $j$ at layer $\ell$ be

$$\delta_j^{\ell} = \frac{\partial C}{\partial z_j^\ell}$$

Then

$$\delta^L = \nabla_a C \cdot \sigma'(z^L)$$
$$\delta^{\ell} = ((w^{\ell+1})^{T}\delta^{\ell+1}) \cdot \sigma'(z^{\ell})$$
$$\frac{\partial C}{\partial b_j^\ell} = \delta_j^{\ell}$$
$$\frac{\partial C}{\partial w_{jk}^\ell} = a_k^{\ell-1}\delta_j^{\ell}$$

$$\cal{L} = \cal{L}_{rec} + \cal{L}_{reg} = \frac{1}{2}\sum_{i}(x_i - x_i')^2 - \frac{1}{2}\sum_{i}(1+2\log(\sigma_i)-\mu_i^2-\sigma_i^2).$$

$$z = \mu + \epsilon \exp(\log \sigma)$$

$\frac{\partial \cal{L}}{\partial z}$ is computable after a forward pass.

$$\frac{\partial \cal{L}_{rec}}{\partial \mu} = \frac{\partial \cal{L}_{rec}}{\partial z}\frac{\partial z}{\partial \mu} = \frac{\partial \cal{L}_{rec}}{\partial z}$$

$$\frac{\partial \cal{L}_{reg}}{\partial \mu} = \mu$$
""",
    ),
    "SVM, Chinese notes": (
        "L w x y Δ",
        r"""对一个sample $x_i$，svm的loss为：

$$
\begin{aligned}
L_i = & \sum_{j \neq y_i} \max\left( 0, w_j x_i - w_{y_i} x_i + \Delta \right)
\end{aligned}
$$

$L_i$ 对 $w_{y_i}$ 求导：

$$
\begin{aligned}
\frac{\partial L_i}{\partial w_{y_i}} =& - \left(  \sum_{j \neq y_i}  \mathbb{1} \left( w_j x_i - w_{y_i} x_i + \Delta > 0\right) \right) \cdot x_i
 \end{aligned}
$$
""",
    ),
    "course forum": (
        "A Z W Y g",
        r"""I don't think I understand how
dZ[2] = A[2] - Y
dZ[1] = W[2]T . dZ[2] * g'[1](Z[1])

(week 3 material)
The formula you show for dZ^{[1]} is the generic formula that works at any layer.
""",
    ),
    "learning rules, LaTeX": (
        "w η t y g h x",
        r"""\chapter{Learning Rules}

\section{Delta Rule}
For a neuron $j$, with activation function $g(x)$, the delta rule for its $i$th weight $w_{ji}$ is

\begin{align*}
\Delta w_{ji} &= \eta (t_j - y_j) g'(h_j)x_i
\end{align*}
where
$\eta$ \, is a small constant called learning rate \\
$g(x)$ \, is the neuron's activation function \\
$t_j$ \, is the target output \\

It holds that $h_j=\sum x_i w_{ji}$ and $y_j=g(h_j)$.
""",
    ),
    "copied with its rendering": (
        "w η δ x y h f",
        r"""From before we saw that one weight update can be calculated as:

\Delta w_i = \eta \, \delta x_i

with the error term \delta as

\delta = (y - \hat y) f'(h) = (y - \hat y) f'(\sum w_i x_i)

Remember, (y - \hat y) is the output error, and f'(h) refers to the derivative.
""",
    ),
    "math behind, series": (
        "J W b Z A X Y m",
        r"""We use cross entropy:

$$J = -\frac{1}{m}\sum_{i=1}^{m} y^{(i)}\log(a^{[2](i)}) + (1-y^{(i)})\log(1-a^{[2](i)})$$

Let's start with $\frac{\partial J}{\partial Z^{[2]}} = A^{[2]} - Y$:

$$\frac{\partial J}{\partial W^{[2]}} = \frac{1}{m}\frac{\partial J}{\partial Z^{[2]}}A^{[1]T}$$

$$\frac{\partial J}{\partial b^{[2]}} = \frac{1}{m}\sum_{i=1}^{m}\frac{\partial J}{\partial Z^{[2](i)}}$$

$$\frac{\partial J}{\partial Z^{[1]}} = W^{[2]T}\frac{\partial J}{\partial Z^{[2]}} * g^{[1]'}(Z^{[1]})$$
""",
    ),
    "hinge, post": (
        "L w x y λ N",
        r"""### Hinge Loss

_i_ will be used for training examples

_j_ will be used for classes

$$L = \frac{1}{N}\sum_i \sum_{j\ne y_i} \max(0, w_j^T x_i - w_{y_i}^T x_i + 1) + \lambda \sum_k w_k^2$$

* For `j != y_i`: $\nabla_{w_j} L_i = 1(w_j^Tx_i - w_{y_i}^Tx_i + 1 > 0)\, x_i$
* The regulariser gives 2λw.
""",
    ),
    "plain answer": (
        "L a y w x z",
        r"""Answer: yes, that's right.

L = -(y ln a + (1-y) ln(1-a))
dL/da = -y/a + (1-y)/(1-a) = (a-y)/(a(1-a))
da/dz = a(1-a)
=> dL/dz = dL/da * da/dz = a - y
dz/dw = x, so dL/dw = (a-y)x.

For a batch: dL/dw = 1/m * sum((a_i - y_i) * x_i)
""",
    ),
    "embedding notes": (
        "L s y p W e h",
        r"""The logits are \(s = W h\) and the probabilities \(p = \operatorname{softmax}(s)\).

Then \(\displaystyle \frac{\partial L}{\partial s} = p - y\), so by the chain rule

\[
\frac{\partial L}{\partial W} = (p - y)\, h^{\top}, \qquad
\frac{\partial L}{\partial h} = W^{\top} (p - y).
\]
""",
    ),
    "tutorial, Word": (
        "E w₁ w₂ x h o t",
        r"""Total error: E = ½(t − o)²
Step 1. ∂E/∂o = −(t − o) = o − t
Step 2. ∂o/∂net = o(1 − o)
Step 3. ∂net/∂w₂ = h
Therefore ∂E/∂w₂ = (o − t)·o(1 − o)·h
New weight: w₂⁺ = w₂ − η·∂E/∂w₂ (η = 0.5)
""",
    ),
    "forum, mixed": (
        "J w b x y z a m",
        r"""Hey! For logistic regression I have:

> z = w^T x + b
> a = σ(z)
> J = -(1/m) Σ [y log a + (1-y) log(1-a)]

so dJ/dz = (a - y)/m, and therefore dJ/dw = x (a-y)^T / m. Is dJ/db = (1/m) Σ (a - y)?
""",
    ),
    "Q and A, single dollars": (
        "L w x y z a",
        r"""If $L = \frac12 (a-y)^2$ and $a = \tanh(z)$ with $z = w^\top x$, then

$$\frac{\partial L}{\partial w} = (a-y)(1-a^2)\,x.$$

(The factor $1-a^2$ is $\tanh'(z)$.)
""",
    ),
    "German notes": (
        "E w x y t",
        r"""Der Fehler ist $E = \frac{1}{2}(y - t)^2$. Ableiten nach $w$ ergibt:

$$\frac{\partial E}{\partial w} = (y-t)\cdot y(1-y)\cdot x$$

also w_neu = w - 0,1 · dE/dw
""",
    ),
    "table of derivatives": (
        "z a w x b",
        r"""| Node | Local derivative |
|------|------------------|
| $z = wx + b$ | $\partial z/\partial w = x$, $\partial z/\partial b = 1$ |
| $a = \sigma(z)$ | $\partial a/\partial z = a(1-a)$ |
""",
    ),
    "numbered align, thesis": (
        "C a z w b y",
        r"""\begin{subequations}
\begin{align}
\frac{\partial C}{\partial a^{L}_j} &= a^L_j - y_j, \label{a}\\
\delta^L_j &= (a^L_j - y_j)\,\sigma'(z^L_j), & j &= 1,\dots,n_L, \\
\frac{\partial C}{\partial w^l_{jk}} &= a^{l-1}_k\,\delta^l_j, \\
\frac{\partial C}{\partial b^l_j} &= \delta^l_j .
\end{align}
\end{subequations}
""",
    ),
    "RNN by hand, chat": (
        "L h1 h2 W U x1 x2 b y",
        r"""**Step 1: unroll**

h1 = tanh(W·x1 + b)
h2 = tanh(W·x2 + U·h1 + b)

**Step 2: gradients**

- ∂L/∂h2 = h2 − y
- ∂L/∂U = ∂L/∂h2 · (1 − h2²) · h1
- ∂L/∂W has two paths:
  ∂L/∂W = ∂L/∂h2 · (1 − h2²) · (x2 + U · (1 − h1²) · x1)
""",
    ),
}

CLAIMS: dict[str, list[str]] = {
    "logistic regression, dollars": [
        "2: d(Loss)/d(w_{1}) = (d(Loss)/d(ŷ) · d(ŷ)/d(z) · d(z)/d(w1))",
        "2: d(Loss)/d(w_{2}) = (d(Loss)/d(ŷ) · d(ŷ)/d(z) · d(z)/d(w2))",
        "3: Loss = ((-y · log(ŷ)) + -((1 + -y) · log((1 + -ŷ))))",
        "6: sigmoid'(x) = d((1 / (1 + e**-x)))/d(x) = d((1 + e**-x)**-1)/d(x)",
        "6: sigmoid'(x) = (sigmoid(x) (1 + -sigmoid(x)))",
    ],
    "softmax by cases, notes": [
        "2: L = -sum[i]((y_{i} log(p_{i})))",
        "3: p_{i} = (exp(o_{i}) / sum[j](exp(o_{j})))",
        "5: d(p_{i})/d(o_{k}) = (((exp(o_{k}) sum[j](exp(o_{j}))) + -(exp(o_{k}) exp(o_{k}))) / sum[j](exp(o_{j}))**2) = (p_{k} (1 + -p_{k})) for i if (i == k)",
        "6: d(p_{i})/d(o_{k}) = ((-exp(o_{k}) exp(o_{i})) / (sum[j](exp(o_{j})) sum[j](exp(o_{j})))) = (-p_{k} p_{i}) for i if (i != k)",
        "7: d(p_{i})/d(o_{k}) = cases((p_{k} (1 + -p_{k})) if (i == k); (-p_{k} p_{i}) if (i != k))",
        "8: d(L)/d(o_{k}) = -sum[i]((y_{i} d(log(p_{i}))/d(o_{k}))) = -sum[i](((y_{i} / p_{i}) d(p_{i})/d(o_{k}))) = ((-y_{k} (1 + -p_{k})) + sum[i if (i != k)]((y_{i} p_{k}))) = (-y_{k} + sum[i]((y_{i} p_{k}))) = (p_{k} + -y_{k})",
        "9: sum[i](y_{i}) = 1",
    ],
    "error terms, question": [
        "1: δ^{l} = ((w^{(l + 1)}.T δ^{(l + 1)}) ⊙ sigmoid'(z^{l}))",
        "3: δ_{j}^{l} = d(C)/d(z_{j}^{l}) = sum[k]((d(C)/d(z_{k}^{(l + 1)}) d(z_{k}^{(l + 1)})/d(z_{j}^{l}))) = sum[k]((d(z_{k}^{(l + 1)})/d(z_{j}^{l}) δ_{k}^{(l + 1)}))",
        "4: a_{j}^{l} = sigmoid(z_{j}^{l})",
        "4: z_{j}^{l} = (sum[k]((w_{j,k}^{l} a_{k}^{(l + -1)})) + b_{j})",
        "5: δ_{j}^{l} = d(C)/d(z_{j}^{l}) = (d(C)/d(a_{j}^{l}) sigmoid'(z_{j}^{l}))",
    ],
    "four equations, README": [
        "9: z_{j}^{l} = (sum[k]((w_{j,k}^{l} a_{k}^{(l + -1)})) + b_{j}^{l})",
        "14: δ_{j}^{L} = (d(C)/d(a_{j}^{L}) sigmoid'(z_{j}^{L}))",
        "20: δ_{j}^{L} = d(C)/d(z_{j}^{L}) = (d(C)/d(a_{j}^{L}) · d(a_{j}^{L})/d(z_{j}^{L}))",
        "22: a_{j}^{L} = sigmoid(z_{j}^{L})",
        "24: d(a_{j}^{L})/d(z_{j}^{L}) = sigmoid'(z_{j}^{L})",
    ],
    "total error, question": [
        "3: E_{total} = (((1 / 2) (target_{o,1} + -out_{o,1})**2) + ((1 / 2) (target_{o,2} + -out_{o,2})**2))",
        "5: d(E_{total})/d(w_{1}) = (d(E_{total})/d(net_{h,1}) * d(net_{h,1})/d(w_{1})) = ((d(E_{total})/d(out_{h,1}) * d(out_{h,1})/d(net_{h,1})) * d(net_{h,1})/d(w_{1})) = sum[j](((δ_{j} * w_{o,j}) * out_{h,1} * (1 + -out_{h,1}) * i1))",
    ],
    "three layers, question": [
        "1: f<x> = (1 / (1 + e**-x))",
        "1: f'<x> = (f<x> (1 + -f<x>))",
        "1: a_{1} = f<((m_{1} x_{1}) + (m_{2} x_{2}) + b_{1})>",
        "1: Cost = ((a_{4} + -t_{1})**2 + (a_{5} + -t_{2})**2)",
        "1: d(Cost)/d(m_{7}) = (2 (a_{4} + -t_{1}) (a_{4} (1 + -a_{4})) a_{1})",
        "1: d(Cost)/d(m_{1}) = ((2 (a_{4} + -t_{1}) (a_{4} (1 + -a_{4})) m_{7} (a_{1} (1 + -a_{1})) x_{1}) + (2 (a_{5} + -t_{2}) (a_{5} (1 + -a_{5})) m_{1,0} (a_{1} (1 + -a_{1})) x_{1}))",
    ],
    "step by step, numbers": [
        "4: net_{h,1} = ((w_{1} · i_{1}) + (w_{2} · i_{2}) + (b_{1} · 1))",
        "8: net_{h,1} = ((0.15 · 0.05) + (0.2 · 0.1) + (0.35 · 1)) = 0.3775",
        "13: out_{h,1} = (1 / (1 + e**-net_{h,1})) = (1 / (1 + e**-0.3775)) = 0.593269992",
        "18: d(E_{total})/d(w_{5}) = (d(E_{total})/d(out_{o1}) * d(out_{o1})/d(net_{o1}) * d(net_{o1})/d(w_{5}))",
        "21: w_{5}^{+} = (w_{5} + -(η * d(E_{total})/d(w_{5}))) = (0.4 + -(0.5 * 0.082167041)) = 0.35891648",
    ],
    "a chat answer": [
        "4: z = ((w * x) + b)",
        "5: a = sigmoid(z)",
        "6: L = (0.5 (a + -y)**2)",
        "9: d(L)/d(a) = (a + -y)",
        "10: d(a)/d(z) = (a (1 + -a))",
        "11: d(L)/d(z) = (d(L)/d(a) · d(a)/d(z)) = ((a + -y) · (a (1 + -a)))",
        "13: d(L)/d(w) = (d(L)/d(z) · x)",
        "14: d(L)/d(b) = d(L)/d(z)",
    ],
    "plain text, forum": [
        "1: E = ((1 / 2) (t + -o)**2)",
        "5: d(E)/d(w2) = ((o + -t) * o * (1 + -o) * h)",
        "9: d(E)/d(w1) = (d(E)/d(o) * d(o)/d(h) * d(h)/d(w1)) = ((o + -t) o (1 + -o) w2 h (1 + -h) x)",
        "12: d(h)/d(w1) = (h (1 + -h) x)",
    ],
    "linear regression, README": [
        "5: ŷ_{i} = ((w.T x_{i}) + b)",
        "9: L = sum[i=1..N]((ŷ_{i} + -y_{i})**2)",
        "13: d(L)/d(w) = (2 sum[i=1..N](((ŷ_{i} + -y_{i}) x_{i})))",
        "15: d(L)/d(b) = (2 sum[i=1..N]((ŷ_{i} + -y_{i})))",
        "18: d(L)/d(w) = (2 X.T (Xw + -y))",
        "21: w ← (w + -(α · d(L)/d(w)))",
    ],
    "GRU, notes": [
        "1: z_{t} = sigmoid((([x_{t},h_{(t + -1)}] · W_{z}) + b_{z}))",
        "3: ĥ_{t} = tanh((([x_{t},(r_{t} * h_{(t + -1)})] · W_{h}) + b_{h}))",
        "5: h_{t} = (((1 + -z_{t}) * h_{(t + -1)}) + (z_{t} * ĥ_{t}))",
        "10: δ_{z_{t}} = (δ_{h_{t}} * (ĥ_{t} + -h_{(t + -1)}) * sigmoid'(z_{t}))",
        "12: δ_{ĥ_{t}} = (δ_{h_{t}} * z_{t} * tanh'(ĥ_{t}))",
    ],
    "deep notes, superscripts": [
        "4: d(L)/d(W^{L}) = (d(L)/d(a^{L}) · d(a^{L})/d(z^{L}) · d(z^{L})/d(W^{L}))",
        "10: (d(L)/d(a^{L}) · d(a^{L})/d(z^{L})) = (ŷ + -y)",
        "14: z^{L} = ((W^{L} a^{(L + -1)}) + b^{L})",
        "20: d(L)/d(W^{L}) = ((ŷ + -y) · a^{(L + -1)}.T)",
        "24: relu'(z) = cases(1 if (z > 0); 0 if not)",
        "31: d(L)/d(W^{(L + -1)}) = (((W^{L}.T (ŷ + -y)) ⊙ relu'(z^{(L + -1)})) · a^{(L + -2)}.T)",
    ],
    "hypothesis, course": [
        "6: θ_{j} ← (θ_{j} + -(α d(J)/d(θ_{j})))",
        "13: d(J)/d(θ_{j}) = ((1 / m) sum[i=1..m](((h_{θ}<x^(i)> + -y^(i)) x_{j}^(i))))",
        "18: θ ← (θ + -((α / m) X.T (g<(X θ)> + -y)))",
    ],
    "arrows and deltas, README": [
        "9: δ_{h,1} = (((δ_{o1} * w11) + (δ_{o,2} * w12)) * sigmoid'(z_{h,1}))",
        "13: δ_{1} = ((δ_{2} W_{2}.T) ⊙ sigmoid'(z_{1}))",
        "16: dW2 = (A1.T · dZ2)",
        "16: dZ1 = ((dZ2 · W2.T) ⊙ (Z1 > 0))",
    ],
    "calculus exercises, bold": [
        "1: f<x> = ((3 x^{2}) + (2 x) + -5)",
        "3: f'<x> = (d((3 x^{2}))/d(x) + d((2 x))/d(x) + -d(5)/d(x)) = ((3 (2 x)) + 2 + -0) = ((6 x) + 2)",
        "7: f<x> = e**(2 x)",
        "10: f'<x> = (e**(2 x) · d((2 x))/d(x)) = (e**(2 x) · 2) = (2 e**(2 x))",
    ],
    "softmax, README": [
        "3: d(a_{j})/d(z_{i}) = (a_{i} (1 + -a_{i})) for i if (i == j)",
        "4: d(a_{j})/d(z_{i}) = (-a_{i} a_{j}) for i if (i != j)",
        "8: d(L)/d(z_{i}) = -sum[k]((y_{k} (1 / a_{k}) d(a_{k})/d(z_{i}))) = ((-y_{i} (1 + -a_{i})) + -sum[k if (k != i)]((y_{k} (1 / a_{k}) (-a_{k} a_{i})))) = ((a_{i} sum[k](y_{k})) + -y_{i}) = (a_{i} + -y_{i})",
    ],
    "PDF of a lecture": [
        "2: L = (0.5 (a + -y)**2)",
        "3: d(L)/d(a) = (a + -y)",
        "4: d(L)/d(z^(2)) = ((a + -y) a (1 + -a))",
        "5: d(L)/d(w_{2}) = ((a + -y) a (1 + -a) h)",
        "6: h = sigmoid(z^(1))",
        "6: z^(1) = (w_{1} x)",
        "7: w_{2} ← (w_{2} + -(η d(L)/d(w_{2})))",
    ],
    "batch normalisation, notes": [
        "1: μ_{j} = ((1 / m) sum[i=1..m](x_{i,j}))",
        "2: σ_{j}^{2} = ((1 / m) sum[i=1..m]((x_{i,j} + -μ_{j})**2))",
        "3: x̂_{j} = ((x_{j} + -μ_{j}) / sqrt((σ_{j}^{2} + ε)))",
        "6: d(L)/d(γ) = sum[i=1..m]((d(L)/d(y_{i}) d(y_{i})/d(γ))) = sum[i=1..m]((δ_{i} x̂_{i}))",
        "7: d(L)/d(β) = sum[i=1..m]((d(L)/d(y_{i}) d(y_{i})/d(β))) = sum[i=1..m](δ_{i})",
    ],
    "squared error, question": [
        "3: E = ((1 / 2) sum[]((t_{k} + -a_{k})**2))",
        "11: d(E)/d(a_{k}) = -(t_{k} + -a_{k})",
        "12: d(a_{k})/d(net_{k}) = (e**-net_{k} / (1 + e**-net_{k})**2)",
    ],
    "cross entropy, blog": [
        "2: L = -sum[j=..C]((y_{j} log(p_{j}))) = -sum[j=..C](l_{j})",
        "3: p_{j} = (exp(a_{j}) / sum[k=..C](exp(a_{k})))",
        "4: d(L)/d(a_{i}) = -sum[j=..C]((d(l_{j})/d(p_{j}) d(p_{j})/d(a_{i})))",
        "5: d(p_{j})/d(a_{i}) = d((exp(a_{j}) / sum[k=..C](exp(a_{k}))))/d(a_{i})",
        "6: d(p_{j})/d(a_{i}) = d((exp(a_{j}) / sum[k=..C](exp(a_{k}))))/d(a_{j}) = (p_{j} + -p_{j}^{2}) = (p_{j} (1 + -p_{j})) for i if (i == j)",
        "7: d(p_{j})/d(a_{i}) = (p_{j} (δ_{i,j} + -p_{i}))",
    ],
    "softmax output, blog": [
        "3: d(C)/d(z_{i}) = sum[k]((d(C)/d(s_{k}) d(s_{k})/d(z_{i}))) = (s_{i} + -y_{i})",
        "5: C = -sum[k]((y_{k} log(s_{k})))",
    ],
    "backprop with softmax, question": [
        "3: E<t,o> = -sum[j]((t_{j} log(o_{j})))",
        "5: o_{j} = softmax(z_{j}) = (e**z_{j} / sum[j](e**z_{j}))",
        "7: z_{j} = (sum[i]((w_{i,j} o_{i})) + b)",
        "11: d(E)/d(w_{i,j}) = (d(E)/d(o_{j}) d(o_{j})/d(z_{j}) d(z_{j})/d(w_{i,j}))",
        "13: d(z_{j})/d(w_{i,j}) = o_{i}",
        "14: d(E)/d(o_{j}) = (-t_{j} / o_{j})",
    ],
    "final equation, lecture notes": [
        "3: δ_{j}^{l} = d(C)/d(z_{j}^{l})",
        "7: δ_{j}^{l} = sum[k]((d(C)/d(z_{k}^{(l + 1)}) d(z_{k}^{(l + 1)})/d(z_{j}^{l}))) = sum[k]((δ_{k}^{(l + 1)} d(z_{k}^{(l + 1)})/d(z_{j}^{l})))",
        "11: z_{j}^{(l + 1)} = (sum[i=1..M_{l}]((w_{i,j}^{(l + 1)} a_{i}^{l})) + b_{j}^{(l + 1)})",
        "15: δ_{j}^{l} = sum[k]((δ_{k}^{(l + 1)} w_{k,j}^{(l + 1)} f'<z_{j}^{l}>))",
    ],
    "linear regression with deltas, README": [
        "2: errors = (Ŷ + -Y)",
        "7: Y = (WX.T + b)",
        "8: MSE = (errors^{2} / n)",
        "9: errors = (Ŷ + -(WX.T + b))",
        "11: d(MSE)/d(W) = (d(MSE)/d(errors) · d(errors)/d(W))",
        "13: d(MSE)/d(b) = ((-2 errors) / n)",
        "17: new_{W} = (old_{W} + -(α · d(MSE)/d(W)))",
    ],
    "RNN, notes": [
        "1: h_{t} = φ<((W_{x,h} x_{t}) + (W_{h,h} h_{(t + -1)}) + b_{h})>",
        "2: y_{t} = ψ<((W_{h,y} h_{t}) + b_{y})>",
        "4: L = sum[t=1..T](L<y_{t},ŷ_{t}>)",
        "8: d(L)/d(W_{h,y}) = sum[t=1..T]((d(L)/d(y_{t}) d(y_{t})/d(W_{h,y})))",
    ],
    "plain lists, chat": [
        "4: z1 = ((w1 * x) + b1)",
        "4: h = tanh(z1)",
        "5: z2 = ((w2 * h) + b2)",
        "5: p = sigmoid(z2)",
        "6: L = -((y * log(p)) + ((1 + -y) * log((1 + -p))))",
        "9: d(L)/d(z2) = (p + -y)",
        "10: d(L)/d(w2) = ((p + -y) * h)",
        "11: d(L)/d(b2) = (p + -y)",
        "12: d(L)/d(h) = ((p + -y) * w2)",
        "13: d(L)/d(z1) = ((p + -y) * w2 * (1 + -h**2))",
        "14: d(L)/d(w1) = (d(L)/d(z1) * x)",
        "15: d(L)/d(b1) = d(L)/d(z1)",
        "17: d(L)/d(z2) = (p + -y)",
    ],
    "unicode homework": [
        "1: d(L)/d(ŷ) = (-(y / ŷ) + ((1 + -y) / (1 + -ŷ)))",
        "2: d(ŷ)/d(z_{2}) = (ŷ (1 + -ŷ))",
        "3: d(L)/d(z_{2}) = (ŷ + -y)",
        "4: d(L)/d(W_{2}) = ((ŷ + -y) a_{1}.T)",
        "4: d(L)/d(b_{2}) = (ŷ + -y)",
        "5: d(L)/d(a_{1}) = (W_{2}.T (ŷ + -y))",
        "6: δ_{1} = ((W_{2}.T (ŷ + -y)) ⊙ sigmoid'(z_{1}))",
        "6: d(L)/d(W_{1}) = (δ_{1} x.T)",
        "6: d(L)/d(b_{1}) = δ_{1}",
    ],
    "indices, notes": [
        "2: δ_{j} = d(E)/d(net_{j}) = ((o_{j} + -t_{j}) o_{j} (1 + -o_{j}))",
        "5: d(E)/d(w_{j,i}) = (δ_{j} x_{j,i}) for i for j",
        "5: w_{j,i} ← (w_{j,i} + -(η δ_{j} x_{j,i}))",
    ],
    "Leibniz, blog": [
        "1: C_{0} = (a^(L) + -y)**2",
        "1: z^(L) = ((w^(L) a^((L + -1))) + b^(L))",
        "4: d(C_{0})/d(w^(L)) = (d(z^(L))/d(w^(L)) d(a^(L))/d(z^(L)) d(C_{0})/d(a^(L))) = (a^((L + -1)) sigmoid'(z^(L)) 2 (a^(L) + -y))",
        "9: d(C)/d(w^(L)) = ((1 / n) sum[k=0..(n + -1)](d(C_{k})/d(w^(L))))",
    ],
    "ReLU, chat with LaTeX": [
        "1: h = ((W_{1} x) + b_{1})",
        "1: a = maximum(0,h)",
        "1: ŷ = ((W_{2} a) + b_{2})",
        "5: d(L)/d(ŷ) = (ŷ + -y)",
        "6: d(L)/d(W_{2}) = ((ŷ + -y) a.T)",
        "7: d(L)/d(a) = (W_{2}.T (ŷ + -y))",
        "8: d(L)/d(h) = (d(L)/d(a) ⊙ indicator((h > 0)))",
        "9: d(L)/d(W_{1}) = (d(L)/d(h) x.T)",
    ],
    "one neuron, slide": [
        "3: z = (wx + b)",
        "4: ŷ = sigmoid(z)",
        "5: L = (0.5 (ŷ + -y)**2)",
        "6: d(L)/d(w) = ((ŷ + -y) ŷ (1 + -ŷ) x)",
        "7: d(L)/d(b) = ((ŷ + -y) ŷ (1 + -ŷ))",
        "8: w ← (w + -(0.1 · d(L)/d(w)))",
    ],
    "tanh, plain question": [
        "1: h = tanh((w * x))",
        "1: y = (v * h)",
        "1: L = (y + -t)**2",
        "2: d(L)/d(v) = (2 (y + -t) h)",
        "2: d(L)/d(w) = ((2 (y + -t)) * v * (1 + -h^{2}) * x)",
        "3: d(L)/d(w) = -0.2393 where x=1 where w=0.5 where v=2 where t=1",
    ],
    "multi-class, align": [
        "2: L = -sum[k=1..K]((y_{k} log(p_{k})))",
        "2: p_{k} = (e**z_{k} / sum[j=1..K](e**z_{j}))",
        "3: d(L)/d(z_{k}) = (p_{k} + -y_{k})",
        "4: d(L)/d(W_{k,i}) = ((p_{k} + -y_{k}) x_{i}) for k=1..K",
        "5: d(L)/d(b_{k}) = (p_{k} + -y_{k})",
    ],
    "mean squared error, blog": [
        "3: L<w,b> = ((1 / N) sum[i=1..N]((y_{i} + -(wx_{i} + b))**2))",
        "7: d(L)/d(w) = ((1 / N) sum[i=1..N]((-2 x_{i} (y_{i} + -(wx_{i} + b)))))",
        "8: d(L)/d(b) = ((1 / N) sum[i=1..N]((-2 (y_{i} + -(wx_{i} + b)))))",
        "10: w = (w + -(α d(L)/d(w)))",
        "10: b = (b + -(α d(L)/d(b)))",
    ],
    "attention, notes": [
        "1: S = (QK.T / sqrt(d))",
        "1: A = softmax(S)",
        "1: O = AV",
        "2: d(L)/d(V) = (A.T d(L)/d(O))",
        "3: d(L)/d(A) = (d(L)/d(O) V.T)",
        "4: d(L)/d(S_{i,j}) = (A_{i,j} (d(L)/d(A_{i,j}) + -sum[l]((A_{i,l} d(L)/d(A_{i,l})))))",
        "5: d(L)/d(Q) = ((1 / sqrt(d)) d(L)/d(S) K)",
    ],
    "diamond, forum": [
        "3: d(O)/d(w_{5}) = (O (1 + -O) v)",
        "4: d(O)/d(w_{4}) = (O (1 + -O) u)",
        "5: d(O)/d(w_{3}) = (O (1 + -O) w_{5} v (1 + -v) h)",
        "6: d(O)/d(w_{1}) = (O (1 + -O) ((w_{4} u (1 + -u) w_{2} h (1 + -h) I) + (w_{5} v (1 + -v) w_{3} h (1 + -h) I)))",
    ],
    "two layers, notes in code blocks": [
        "5: z_{1} = ((W_{1} · x) + b_{1})",
        "6: h_{1} = tanh(z_{1})",
        "14: z_{1} = ((0.5 · 2.0) + 0.1) = 1.1",
        "15: h_{1} = tanh(1.1) = 0.8005",
        "17: z_{2} = ((0.8 · 0.8005) + -0.2) = 0.4404",
        "20: y = 4.0",
        "20: x^{2} = 4",
        "20: error = (0.7967 + -4.0) = -3.2033",
        "23: L = ((1 / n) · sum[i]((ŷ_{i} + -y_{i})**2))",
        "28: L = (ŷ + -y)**2",
        "32: d(L)/d(ŷ) = (2 (ŷ + -y))",
    ],
    "learning correction, astrophysics": [
        "3: f<A_{i,j}> = sum[i=1..N_{out}](((g sum[j=1..N_{in}]((A_{i,j} x_{j}^{k}))) + -y_{i}^{k})**2)",
        "5: d(f)/d(A_{p,q}) = (2 sum[i=1..N_{out}](((z_{i} + -y_{i}^{k}) d(z_{i})/d(A_{p,q}))))",
        "10: d(z_{i})/d(A_{p,q}) = d(g<b_{i}>)/d(A_{p,q}) = (d(g)/d(ξ)|ξ=b_{i} d(b_{i})/d(A_{p,q}))",
        "14: d(b_{i})/d(A_{p,q}) = sum[j=1..N_{in}]((d(A_{i,j})/d(A_{p,q}) x_{j}^{k})) = sum[j=1..N_{in}]((δ_{i,p} δ_{j,q} x_{j}^{k})) = (δ_{i,p} x_{q}^{k})",
        "18: g<ξ> = (1 / (1 + e**-ξ))",
        "22: d(g)/d(ξ) = (-(1 + e**-ξ)**2 -e**-ξ) = (g<ξ> (e**-ξ / (1 + e**-ξ))) = (g<ξ> (1 + -g<ξ>))",
        "28: d(f)/d(A_{p,q}) = (2 sum[i=1..N_{out}](((z_{i} + -y_{i}^{k}) z_{i} (1 + -z_{i}) δ_{i,p} x_{q}^{k}))) = (2 (z_{p} + -y_{p}^{k}) z_{p} (1 + -z_{p}) x_{q}^{k})",
        "35: e_{p}^{k} = (z_{p} + -y_{p}^{k})",
    ],
    "cheat sheet": [
        "4: s_{h} = f_{h}<w,b> = (sum[i=1..n]((x_{i} w_{i})) + b)",
        "8: a_{h} = f_{h}<s_{h}>",
        "12: L = ((1 / 2) (y_{o} + -z)**2)",
        "17: d(L)/d(w_{i}) = (δ_{o} · a_{i})",
        "18: d(L)/d(b) = δ_{o}",
        "24: δ_{o} = (f_{o}'<s> · (y_{0} + -z)) = ((y_{0} (1 + -y_{0})) · (y_{0} + -z))",
        "32: w_{i_{new}} = (w_{i_{old}} + -((η δ_{o}) · a_{i}))",
        "34: b_{new} = (b_{old} + -(η δ_{o}))",
    ],
    "tiny brain, README": [
        "5: o = (f (sum((xi * wi)) + b))",
        "15: tanh(x) = ((e^{x} + -1) / (e^{x} + 1))",
        "18: e = (a * b)",
        "19: d = (e + c)",
        "20: L = (d * f)",
    ],
    "matrix dimensions, question": [
        "8: d(L)/d(z_3) = (ŷ + -y)",
        "9: d(H_2)/d(z_2) = d(sigmoid(z_2))/d(z_2) = (sigmoid(z_2) (1 + -sigmoid(z_2))) = (H_2 (1 + -H_2))",
    ],
    "matrix matrix gradient, blog": [
        "3: d(L)/d(W) = (d(L)/d(D) d(D)/d(W))",
        "3: d(L)/d(W) = (d(L)/d(D) X.T)",
        "6: D = WX",
        "7: L = f<D>",
        "11: d(L)/d(W_{d,c}) = sum[i,j]((d(L)/d(D_{i,j}) d(D_{i,j})/d(W_{d,c})))",
        "11: d(D_{i,j})/d(W_{d,c}) = 0 for i if (i != d)",
    ],
    "simple rules, README": [
        "1: y = ((x · w) + b)",
        "3: d(y)/d(x) = w",
        "4: d(y)/d(w) = x",
        "5: d(y)/d(b) = 1",
        "7: d(L)/d(x) = (d(f)/d(y) · d(y)/d(x)) = (d(f)/d(y) · w)",
        "8: d(L)/d(b) = (d(f)/d(y) · d(y)/d(b)) = (d(f)/d(y) · 1)",
        "10: w.g = d(L)/d(w) = (d(L)/d(y) · d(y)/d(w))",
    ],
    "delta rule, notes": [
        "1: θ ← (θ + -(η d(f)/d(θ)))",
        "5: w ← (w + (η (t + -y) x))",
        "7: δ^{l} = ((W^{(l + 1)}.T δ^{(l + 1)}) ⊙ sigmoid'(z^{l}))",
        "9: Δw_{j,i} = (η (y_{j} + -ŷ_{j}) x_{i})",
        "12: δ_{j} = ((y_{j} + -ŷ_{j}) · f'<h_{j}>)",
        "14: δ_{j} = (sum[k]((w_{k,j} δ_{k})) · f'<h_{j}>)",
    ],
    "lecture 6": [
        "4: z = (wx + vy + c)",
        "8: o = sum[j=1..n]((w_{j} · i_{j}))",
        "12: E = (sum[k]((t^{k} + -y^{k})**2) / 2)",
        "18: d(E)/d(w[i]) = -sum[k](((t^{k} + -y^{k}) · d(y^{k})/d(w[i]))) = -sum[k]((d^{k} · x[i]**k))",
        "28: f<x> = (1 / (1 + exp(-ax)))",
        "34: f'<x> = (f<x> (1 + -f<x>))",
        "40: d^{k} = ((t^{k} + -y^{k}) · (y^{k} (1 + -y^{k})))",
    ],
    "worked example, chat": [
        "1: x = 0.5",
        "1: w1 = 0.4",
        "1: b1 = 0.1",
        "1: w2 = -0.3",
        "1: b2 = 0.2",
        "1: y = 1",
        "5: z1 = ((w1 · x) + b1) = ((0.4 · 0.5) + 0.1) = 0.3",
        "6: a1 = sigmoid(z1) = 0.5744",
        "7: z2 = ((w2 · a1) + b2) = 0.0277",
        "8: a2 = sigmoid(z2) = 0.5069",
        "9: L = (0.5 (a2 + -y)**2) = 0.1216",
        "13: δ2 = ((a2 + -y) · a2 · (1 + -a2)) = -0.1233",
        "14: d(L)/d(w2) = (δ2 · a1) = -0.0708",
        "15: d(L)/d(b2) = δ2",
        "16: δ1 = (δ2 · w2 · a1 · (1 + -a1)) = 0.0090",
        "17: d(L)/d(w1) = (δ1 · x) = 0.0045",
        "19: η = 0.1",
        "21: w2_{new} = (w2 + -(η · d(L)/d(w2))) = (-0.3 + 0.00708) = -0.2929",
    ],
    "wiki style": [
        "2: E = sum[j](((1 / 2) (t_{j} + -y_{j})**2))",
        "5: d(E)/d(w_{j,i}) = (d(((1 / 2) (t_{j} + -y_{j})**2))/d(y_{j}) d(y_{j})/d(w_{j,i})) = (-(t_{j} + -y_{j}) d(y_{j})/d(w_{j,i})) = (-(t_{j} + -y_{j}) g'<h_{j}> x_{i})",
        "11: Δw_{j,i} = (α (t_{j} + -y_{j}) g'<h_{j}> x_{i})",
    ],
    "layer norm, vault": [
        "1: μ = ((1 / N) sum[i=0..N](X_{i}))",
        "2: σ = sqrt(((1 / N) sum[i=0..N]((X_{i} + -μ)**2)))",
        "4: X_{i}' = ((X_{i} + -μ) / σ)",
        "6: Y_{i} = ((γ X_{i}') + β)",
        "10: d(E)/d(X_{j}) = (d(E)/d(Y_{i}) d(Y_{i})/d(X_{k}') d(X_{k}')/d(X_{j})) = (d(E)/d(Y_{i}) γ δ_{k}^{i} d(X_{k}')/d(X_{j})) = (d(E)/d(Y_{i}) γ d(((X_{i} + -μ) / σ))/d(X_{j}))",
        "11: d<(f / g)> = (((g · df) + -(f · dg)) / g^{2})",
        "12: d(((X_{i} + -μ) / σ))/d(X_{j}) = (((σ d((X_{i} + -μ))/d(X_{j})) + -((X_{i} + -μ) d(σ)/d(X_{j}))) / σ^{2})",
        "13: d((X_{i} + -μ))/d(X_{j}) = (d(X_{i})/d(X_{j}) + d(μ)/d(X_{j})) = (δ_{j}^{i} + (1 / N))",
        "14: d(σ)/d(X_{j}) = ((1 / (2 σ)) (1 / N) d(sum[i=0..N]((X_{i} + -μ)**2))/d(X_{j})) = ((1 / (2 N σ)) sum[i=0..N](d((X_{i} + -μ)**2)/d(X_{j})))",
    ],
    "layer norm, README": [
        "5: μ = ((1 / N) sum[i=1..N](x_{i}))",
        "7: σ^{2} = ((1 / N) sum[i=1..N]((x_{i} + -μ)**2))",
        "9: x̂_{i} = ((x_{i} + -μ) / sqrt((σ^{2} + ε)))",
        "11: y_{i} = ((γ_{i} · x̂_{i}) + β_{i})",
        "15: d(μ)/d(x_{i}) = (1 / N)",
        "17: d(σ^{2})/d(x_{i}) = ((1 / N) (sum[j=1..N]((2 (x_{j} + -μ) -(1 / N))) + (2 (x_{i} + -μ)))) = ((2 / N) (x_{i} + -μ))",
        "19: sum[i=1..N]((x_{i} + -μ)) = 0",
    ],
    "normalize, bold letters": [
        "3: p = (x + y)",
        "4: σ = sqrt((q.T q))",
        "5: r = (q / σ)",
        "6: o = (((c · r) ⊙ w) + b)",
        "15: db = do",
        "16: dw = (do ⊙ (c · r))",
        "17: dr = (do ⊙ (c · w))",
        "18: dq = (dr ⊙ ((1 / σ) + -((q / σ^{2}) ⊙ d(σ)/d(q)))) = (dr ⊙ ((1 / σ) + -(r^{2} / σ))) = ((dr / σ) ⊙ (1 + -r^{2}))",
        "21: dp_{k} = sum[i=1..d]((dq_{i} d(q_{i})/d(p_{k})))",
    ],
    "homework sheet": [
        "2: l<θ> = (-(1 / n) sum[i=1..n](((y^(i) log(h_{θ}<x^(i)>)) + ((1 + -y^(i)) log((1 + -h_{θ}<x^(i)>))))))",
        "4: h_{θ}<x> = g<(θ.T x)>",
        "4: g<z> = (1 / (1 + e**-z))",
        "4: g'<z> = (g<z> (1 + -g<z>))",
        "5: h_{θ}<x^(i)> = g<z>",
        "5: z = (θ.T x^(i))",
        "6: d(h_{θ}<x^(i)>)/d(θ_{j}) = (g<z> (1 + -g<z>) x_{j}^(i))",
        "7: d(log(h_{θ}<x^(i)>))/d(θ_{j}) = ((1 + -g<z>) x_{j}^(i))",
        "7: d(log((1 + -h_{θ}<x^(i)>)))/d(θ_{j}) = (-g<z> x_{j}^(i))",
        "9: d(l)/d(θ_{j}) = ((1 / n) sum[i=1..n](((h_{θ}<x^(i)> + -y^(i)) x_{j}^(i))))",
    ],
    "warm-up, course page": [
        "1: sigmoid(z) = (1 / (1 + e**-z))",
        "5: d(sigmoid(z))/d(z) = (sigmoid(z) (1 + -sigmoid(z)))",
        "7: q<x> = sigmoid((w.T x))",
    ],
    "logistic loss, practice": [
        "1: L<θ> = ((y log(sigmoid((θ.T x)))) + ((1 + -y) log((1 + -sigmoid((θ.T x))))))",
        "3: d(L)/d(θ) = ((y + -sigmoid(x)) x)",
    ],
    "sigmoid derivative, primer": [
        "2: d(sigmoid(z))/d(z) = (sigmoid(z) (1 + -sigmoid(z)))",
        "4: sigmoid(z) = (1 / (1 + e**-z))",
        "6: d(sigmoid(z))/d(z) = d((1 / (1 + e**-z)))/d(z) = d((1 + e**-z)**-1)/d(z) = (-(1 + e**-z)**-2 -e**-z) = (e**-z / (1 + e**-z)**2) = ((1 / (1 + e**-z)) · (((1 + e**-z) + -1) / (1 + e**-z))) = ((1 / (1 + e**-z)) · (1 + -(1 / (1 + e**-z)))) = (sigmoid(z) · (1 + -sigmoid(z)))",
    ],
    "XOR in matrices, notebook": [
        "3: X = [x_{1},x_{2}]",
        "10: W^{1} = [[w_{1,1}^{1},w_{1,2}^{1}],[w_{2,1}^{1},w_{2,2}^{1}]]",
    ],
    "NLL, blog": [
        "4: d(L)/d(w) = sum[i=1..n](((sigmoid((w.T x_{i})) + -y_{i}) x_{i}))",
        "8: d(L)/d(w) = (X.T (sigmoid(Xw) + -y))",
        "11: sigmoid(z) = (1 / (1 + e**-z))",
    ],
    "chapter 3-6, Unicode": [
        "3: y = f<g<x>>",
        "4: d(y)/d(x) = (d(y)/d(g) · d(g)/d(x))",
        "6: d(L)/d(w_{1}) = (d(L)/d(a_{3}) · d(a_{3})/d(a_{2}) · d(a_{2})/d(w_{1}))",
        "10: L = (0.5 (ŷ + -y)**2)",
        "11: d(L)/d(z_{2}) = ((ŷ + -y) · ŷ · (1 + -ŷ))",
        "14: d(L)/d(a_{1}[j]) = sum[i]((W_{2}[i,j] · d(L)/d(z_{2}[i])))",
        "15: d(L)/d(z_{1}[j]) = (d(L)/d(a_{1}[j]) · relu'(z_{1}[j]))",
        "16: relu'(z) = cases(1 if (z > 0); 0 if (z <= 0))",
        "19: d(L)/d(W_{2}[i,j]) = (d(L)/d(z_{2}[i]) · a_{1}[j])",
        "20: d(L)/d(W_{1}[j,k]) = (d(L)/d(z_{1}[j]) · x[k])",
        "22: W ← (W + -(η · d(L)/d(W)))",
    ],
    "interview answer": [
        "5: x = 1.0",
        "6: w1 = 0.5",
        "6: w2 = 0.5",
        "7: y_{true} = 0.0",
        "12: z1 = (x · w1) = (1.0 · 0.5) = 0.5",
        "13: a1 = relu(z1) = 0.5",
        "17: z2 = (a1 · w2) = (0.5 · 0.5) = 0.25",
        "18: a2 = sigmoid(z2) = (1 / (1 + e**-0.25)) = 0.562",
        "24: L = -((y · log(a2)) + ((1 + -y) · log((1 + -a2))))",
        "27: y = 0",
        "30: L = -log((1 + -a2))",
        "34: d(L)/d(a2) = (((a2 + -y) / (a2 · (1 + -a2))) · a2 · (1 + -a2)) = (a2 + -y)",
        "40: a2 = sigmoid(z2)",
        "40: d(a2)/d(z2) = (a2 · (1 + -a2))",
        "45: d(L)/d(z2) = 0.138",
        "46: z2 = (a1 · w2)",
        "46: d(z2)/d(w2) = a1 = 0.5",
        "49: d(L)/d(w2) = (0.138 · 0.5) = 0.069",
    ],
    "lesson 8": [
        "3: z = ((w · x) + b)",
        "3: a = sigmoid(z)",
        "3: L = (a + -y)**2",
        "5: x = 1.0",
        "5: y = 1.0",
        "5: w = 0.5",
        "5: b = 0.0",
        "7: d(L)/d(w) = (d(L)/d(a) · d(a)/d(z) · d(z)/d(w))",
        "9: d(z)/d(w) = x = 1.0",
        "10: d(z)/d(b) = 1.0",
        "11: d(a)/d(z) = (a · (1 + -a))",
        "12: d(L)/d(a) = (2 (a + -y))",
    ],
    "following the gradient, notebook": [
        "2: loss = f_{5}<f_{4}<f_{3}<f_{2}<f_{1}<input>>>>>",
        "6: y = f<g<x>>",
        "7: d(y)/d(x) = (d(y)/d(g) · d(g)/d(x))",
        "10: d(L)/d(x) = (d(L)/d(y) · d(y)/d(x))",
    ],
    "question 5": [
        "4: z = (W_2.T relu((W_1.T x)))",
        "11: Z_{1} = relu((X W_1))",
        "12: G_{2} = (normalize<exp((Z_{1} W_2))> + -I_{y})",
        "13: G_{1} = ((1 (Z_{1} > 0)) ⊙ (G_{2} W_2.T))",
        "21: d(l_{softmax}<(relu((X W_1)) W_2),y>)/d(W_1) = ((1 / m) X.T G_{1})",
        "22: d(l_{softmax}<(relu((X W_1)) W_2),y>)/d(W_2) = ((1 / m) Z_{1}.T G_{2})",
    ],
    "diagrams": [
        "3: X = [[x_{1,1},x_{1,2}],[x_{2,1},x_{2,2}]]",
        "7: L^{1} = (XW^{1} + B^{1}) = [[l_{1,1}^{1},l_{1,2}^{1}],[l_{2,1}^{1},l_{2,2}^{1}]] = [[((x_{1,1} w_{1,1}^{1}) + (x_{1,2} w_{2,1}^{1}) + b_{1}^{1}),((x_{1,1} w_{1,2}^{1}) + b_{2}^{1})],[((x_{2,1} w_{1,1}^{1}) + b_{1}^{1}),x_{2,2}]]",
    ],
    "update, hub": [
        "3: w ← (w + -(η d(L)/d(w)))",
    ],
    "VAE gradients, notes": [
        "5: z^{l} = ((w^{l} a^{(l + -1)}) + b^{l})",
        "6: a^{l} = σ^{l}<z^{l}>",
        "12: δ_{j}^{l} = d(C)/d(z_{j}^{l})",
        "16: δ^{L} = (d(C)/d(a) · σ'<z^{L}>)",
        "17: δ^{l} = ((w^{(l + 1)}.T δ^{(l + 1)}) · σ'<z^{l}>)",
        "18: d(C)/d(b_{j}^{l}) = δ_{j}^{l}",
        "19: d(C)/d(w_{j,k}^{l}) = (a_{k}^{(l + -1)} δ_{j}^{l})",
        "21: L = (L_{rec} + L_{reg}) = (((1 / 2) sum[i]((x_{i} + -x_{i}')**2)) + -((1 / 2) sum[i]((1 + (2 log(σ_{i})) + -μ_{i}^{2} + -σ_{i}^{2}))))",
        "23: z = (μ + (ε exp(log(σ))))",
        "27: d(L_{rec})/d(μ) = (d(L_{rec})/d(z) d(z)/d(μ)) = d(L_{rec})/d(z)",
        "29: d(L_{reg})/d(μ) = μ",
    ],
    "SVM, Chinese notes": [
        "5: L_{i} = sum[j if (j != y_{i})](maximum(0,((w_{j} x_{i}) + -(w_{y_{i}} x_{i}) + Δ)))",
        "13: d(L_{i})/d(w_{y_{i}}) = (-sum[j if (j != y_{i})](indicator((((w_{j} x_{i}) + -(w_{y_{i}} x_{i}) + Δ) > 0))) · x_{i})",
    ],
    "course forum": [
        "2: dZ[2] = (A[2] + -Y)",
    ],
    "learning rules, LaTeX": [
        "7: Δw_{j,i} = (η (t_{j} + -y_{j}) g'<h_{j}> x_{i})",
        "14: h_{j} = sum[]((x_{i} w_{j,i}))",
        "14: y_{j} = g<h_{j}>",
    ],
    "copied with its rendering": [
        "3: Δw_{i} = (η δ x_{i})",
        "7: δ = ((y + -ŷ) f'<h>) = ((y + -ŷ) f'<sum[]((w_{i} x_{i}))>)",
    ],
    "math behind, series": [
        "3: J = ((-(1 / m) sum[i=1..m]((y^(i) log(a^[2]^(i))))) + ((1 + -y^(i)) log((1 + -a^[2]^(i)))))",
        "5: d(J)/d(Z^[2]) = (A^[2] + -Y)",
        "7: d(J)/d(W^[2]) = ((1 / m) d(J)/d(Z^[2]) A^[1].T)",
        "9: d(J)/d(b^[2]) = ((1 / m) sum[i=1..m](d(J)/d(Z^[2]^(i))))",
        "11: d(J)/d(Z^[1]) = ((W^[2].T d(J)/d(Z^[2])) * g^[1]'<Z^[1]>)",
    ],
    "hinge, post": [
        "7: L = (((1 / N) sum[i](sum[j if (j != y_{i})](maximum(0,((w_{j}.T x_{i}) + -(w_{y_{i}}.T x_{i}) + 1))))) + (λ sum[k](w_{k}^{2})))",
        "9: d(L_{i})/d(w_{j}) = (1 (((w_{j}.T x_{i}) + -(w_{y_{i}}.T x_{i}) + 1) > 0) x_{i}) for j if (j != y_{i})",
    ],
    "plain answer": [
        "3: L = -((y log(a)) + ((1 + -y) log((1 + -a))))",
        "4: d(L)/d(a) = ((-y / a) + ((1 + -y) / (1 + -a))) = ((a + -y) / (a (1 + -a)))",
        "5: d(a)/d(z) = (a (1 + -a))",
        "6: d(L)/d(z) = (d(L)/d(a) * d(a)/d(z)) = (a + -y)",
        "7: d(z)/d(w) = x",
        "7: d(L)/d(w) = ((a + -y) x)",
        "9: d(L)/d(w) = ((1 / m) * sum(((a_{i} + -y_{i}) * x_{i})))",
    ],
    "embedding notes": [
        "1: s = (W h)",
        "1: p = softmax(s)",
        "3: d(L)/d(s) = (p + -y)",
        "6: d(L)/d(W) = ((p + -y) h.T)",
        "7: d(L)/d(h) = (W.T (p + -y))",
    ],
    "tutorial, Word": [
        "1: E = (0.5 (t + -o)**2)",
        "2: d(E)/d(o) = -(t + -o) = (o + -t)",
        "3: d(o)/d(net) = (o (1 + -o))",
        "4: d(net)/d(w_{2}) = h",
        "5: d(E)/d(w_{2}) = ((o + -t) · (o (1 + -o)) · h)",
        "6: w_{2}^{+} = (w_{2} + -(η · d(E)/d(w_{2})))",
        "6: η = 0.5",
    ],
    "forum, mixed": [
        "3: z = ((w.T x) + b)",
        "4: a = sigmoid(z)",
        "5: J = (-(1 / m) sum[](((y log(a)) + ((1 + -y) log((1 + -a))))))",
        "7: d(J)/d(z) = ((a + -y) / m)",
        "7: d(J)/d(w) = ((x (a + -y).T) / m)",
        "7: d(J)/d(b) = ((1 / m) sum[]((a + -y)))",
    ],
    "Q and A, single dollars": [
        "1: L = ((1 / 2) (a + -y)**2)",
        "1: a = tanh(z)",
        "1: z = (w.T x)",
        "3: d(L)/d(w) = ((a + -y) (1 + -a^{2}) x)",
    ],
    "German notes": [
        "1: E = ((1 / 2) (y + -t)**2)",
        "3: d(E)/d(w) = ((y + -t) · (y (1 + -y)) · x)",
    ],
    "table of derivatives": [
        "3: z = (wx + b)",
        "3: d(z)/d(w) = x",
        "3: d(z)/d(b) = 1",
        "4: a = sigmoid(z)",
        "4: d(a)/d(z) = (a (1 + -a))",
    ],
    "numbered align, thesis": [
        "3: d(C)/d(a_{j}^{L}) = (a_{j}^{L} + -y_{j})",
        "4: δ_{j}^{L} = ((a_{j}^{L} + -y_{j}) sigmoid'(z_{j}^{L})) for j=1..n_{L}",
        "5: d(C)/d(w_{j,k}^{l}) = (a_{k}^{(l + -1)} δ_{j}^{l})",
        "6: d(C)/d(b_{j}^{l}) = δ_{j}^{l}",
    ],
    "RNN by hand, chat": [
        "3: h1 = tanh(((W · x1) + b))",
        "4: h2 = tanh(((W · x2) + (U · h1) + b))",
        "8: d(L)/d(h2) = (h2 + -y)",
        "9: d(L)/d(U) = (d(L)/d(h2) · (1 + -h2^{2}) · h1)",
        "11: d(L)/d(W) = (d(L)/d(h2) · (1 + -h2^{2}) · (x2 + (U · (1 + -h1^{2}) · x1)))",
    ],
}
"""What each page claims: the line, and how it is to be read."""

UNREAD: dict[str, list[int]] = {
    "arrows and deltas, README": [5],
    "squared error, question": [5],
    "indices, notes": [4],
    "matrix dimensions, question": [4],
    "matrix matrix gradient, blog": [5],
    "course forum": [3],
    "German notes": [5],
}
"""The lines that hold mathematics and cannot be read: sums over sets in words, lists without commas, proportions."""
