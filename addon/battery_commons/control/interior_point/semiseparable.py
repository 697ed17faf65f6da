"""The sum of many inverses of tridiagonal matrices, without forming any.

With N = L diag(pivot) L' and L_t,t-1 = -rho_t, the inverse of the tridiagonal N is semiseparable:

    N^-1_st = rho_s+1 ... rho_t nu_t  for s <= t,    nu_t = 1/pivot_t + rho_t+1^2 nu_t+1,    0 <= rho < 1

(Vandebril, Van Barel and Mastronardi, Matrix Computations and Semiseparable Matrices, 2008). Between two
blocks of slots the products split into a factor of the row, one of the blocks between, and one of the column,
so that the sum over batteries is a product of matrices. All factors being at most one, nothing overflows.
"""

import numpy as np

from battery_commons.control.problem import Floats, Indices

SLOTS_PER_BLOCK = 8


def sums_of_inverses(weight: Floats, rho: Floats, inverse_pivot: Floats, starts: Indices) -> Floats:
    """Return (g, T, T) the sum of diag(w) N^-1 diag(w) over each of g ranges of columns.

    The ranges begin at `starts` (g,). All of weight w, rho and inverse_pivot are (T, n).
    """
    slots, width = weight.shape
    padded = -(-slots // SLOTS_PER_BLOCK) * SLOTS_PER_BLOCK
    # Slots that only fill the last block have no weight.
    fill = np.zeros((padded - slots, width))
    rho = np.concatenate([rho, fill])
    diagonal = np.concatenate([weight * _nu(rho, inverse_pivot), fill])
    weight = np.concatenate([weight, fill])
    sums = np.zeros((len(starts), padded, padded))
    right, to_end, across = _within_blocks(sums, weight, rho, diagonal, starts)
    ends = np.append(starts[1:], width)
    for first in range(padded - SLOTS_PER_BLOCK, 0, -SLOTS_PER_BLOCK):
        above = slice(first - SLOTS_PER_BLOCK, first)
        # From here on `right` holds w_t nu_t times every rho from the last slot of the block above up to t.
        right[first : first + SLOTS_PER_BLOCK] *= rho[first]
        for g, (a, b) in enumerate(zip(starts, ends, strict=True)):
            np.matmul(to_end[above, a:b], right[first:, a:b].T, out=sums[g, above, first:])
        right[first:] *= across[first // SLOTS_PER_BLOCK - 1]
    upper = np.triu_indices(padded, 1)
    sums[:, upper[1], upper[0]] = sums[:, upper[0], upper[1]]
    return np.ascontiguousarray(sums[:, :slots, :slots])


def _nu(rho: Floats, inverse_pivot: Floats) -> Floats:
    """Return (T, n) the diagonal of N^-1."""
    nu = inverse_pivot.copy()
    for t in range(len(nu) - 2, -1, -1):
        nu[t] += rho[t + 1] ** 2 * nu[t + 1]
    return nu


def _within_blocks(
    sums: Floats, weight: Floats, rho: Floats, diagonal: Floats, starts: Indices
) -> tuple[Floats, Floats, Floats]:
    """Fill in the upper halves of the blocks on the diagonal of `sums`; return the factors of those above.

    These are w_t nu_t with every rho after its block's first slot up to t, w_s with every rho after s up to
    its block's last slot, both (T, n), and each block's product of all its rho (T / block, n).
    """
    width = weight.shape[1]
    shape = (-1, SLOTS_PER_BLOCK, width)
    weight, rho, right = weight.reshape(shape), rho.reshape(shape), diagonal.reshape(shape)
    to_end = weight.copy()
    product = np.ones((len(weight), width))
    for s in range(SLOTS_PER_BLOCK - 1, -1, -1):
        if s < SLOTS_PER_BLOCK - 1:
            right[:, s + 1 :] *= rho[:, s + 1, np.newaxis]
            product *= rho[:, s + 1]
            to_end[:, s] *= product
        part = np.add.reduceat(right[:, s:] * weight[:, s, np.newaxis], starts, axis=-1)
        for block, row in enumerate(part):
            first = block * SLOTS_PER_BLOCK
            sums[:, first + s, first + s : first + SLOTS_PER_BLOCK] = row.T
    return right.reshape(-1, width), to_end.reshape(-1, width), product * rho[:, 0]
