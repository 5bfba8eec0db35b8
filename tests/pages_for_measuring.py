"""Pages that the reader was not developed on: what of them is read as meant is counted by eye, once."""

# ruff: noqa: E501 (a page has the lines that it has)

PAGES: dict[str, tuple[str, str]] = {
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
}
