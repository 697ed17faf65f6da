"""The loads' Newton system: small, dense, and taken apart along the grid.

Let M_rs be the response of load r to the price of load s (the sum of M over the batteries and PV that count
in both), H_r the stiffness of a load's price, and x the loads' step where no load's price gave way. The
prices then move by S v with H = S S' and

    (I + S' M S) v = S' x.

Scaled like this the system stays well-conditioned whether a load's price is fixed (H = 0) or its load is
(H without bound). Transformers share no batteries, so each has a block of its own, eliminated first
(Cholesky); what remains couples only the feeder and the meters.
"""

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from battery_commons.control.problem import Floats, Indices


class Coupling:
    """One factorised system of prices."""

    def __init__(
        self,
        response: Floats,
        in_loads: Floats,
        transformer: Indices,
        roots: Sequence[Floats],
        transformers: int,
    ) -> None:
        """Factorise for the responses (G, T, T) of groups and the roots S of each load's stiffness.

        A root is (T,) for a diagonal, or (T, T); those of the transformers, the first of the loads, are (T,).
        `in_loads` (G, R), `transformer` (G,).
        """
        self._slots = response.shape[-1]
        self._local_roots = np.array(roots[:transformers])
        self._shared_roots = roots[transformers:]
        # Loads that the same batteries count in, such as the feeder and the bill of all, are one set.
        sets, set_of = np.unique(in_loads[:, transformers:] > 0, axis=1, return_inverse=True)
        self._set_of = [int(number) for number in set_of.reshape(-1)]
        block = self._by_transformer(response, transformer)
        block *= self._local_roots[:, np.newaxis, :]
        block *= self._local_roots[:, :, np.newaxis]
        block += np.eye(self._slots)
        # L^-1 of L L' = block: border' block^-1 border, which elimination takes, is half' half.
        self._inverse = np.linalg.inv(np.linalg.cholesky(block))
        its = [np.flatnonzero(column) for column in sets.T]
        border = [self._by_transformer(response[those], transformer[those]) for those in its]
        scaled = self._inverse * self._local_roots[:, np.newaxis, :]
        empty = np.zeros((transformers, self._slots, 0))
        self._half = np.concatenate([empty, *(scaled @ part for part in border)], axis=2)
        tall = self._half.reshape(transformers * self._slots, -1 if its else 0)
        left = -(tall.T @ tall)
        for i, those in enumerate(its):
            for j, others in enumerate(its):
                left[self._at(i), self._at(j)] += response[np.intersect1d(those, others)].sum(axis=0)
        corner = np.eye(len(self._shared_roots) * self._slots)
        for i, (u, root) in enumerate(zip(self._set_of, self._shared_roots, strict=True)):
            for j, (v, other) in enumerate(zip(self._set_of, self._shared_roots, strict=True)):
                whole = _times(left[self._at(u), self._at(v)], other)
                corner[self._at(i), self._at(j)] += _times(whole.T, root).T
        self._corner = linalg.cho_factor(corner, lower=True, check_finite=False)

    def _by_transformer(self, response: Floats, transformer: Indices) -> Floats:
        """Return (K, T, T) the sum of responses behind each transformer."""
        summed = np.zeros((len(self._local_roots), self._slots, self._slots))
        for k, part in zip(transformer, response, strict=True):
            summed[k] += part
        return summed

    def _at(self, number: int) -> slice:
        return slice(number * self._slots, (number + 1) * self._slots)

    def prices(self, loads: Floats) -> Floats:
        """Return (R, T) how prices move for loads that would move by (R, T) at prices that stay."""
        local = len(self._local_roots)
        halves = self._inverse @ (self._local_roots * loads[:local])[:, :, np.newaxis]
        met = np.einsum("kts,kt->s", self._half, halves[:, :, 0]).reshape(-1, self._slots)
        shared = np.zeros((len(self._shared_roots), self._slots))
        if len(shared):
            rest = loads[local:] - met[self._set_of]
            right = [_times(x, root) for x, root in zip(rest, self._shared_roots, strict=True)]
            moves = linalg.cho_solve(self._corner, np.concatenate(right), check_finite=False)
            for r, (root, v) in enumerate(zip(self._shared_roots, moves.reshape(shared.shape), strict=True)):
                shared[r] = root * v if root.ndim == 1 else root @ v
        of_sets = np.zeros_like(met)
        np.add.at(of_sets, self._set_of, shared)
        halves -= self._half @ of_sets.reshape(-1, 1)
        return np.concatenate([self._local_roots * (self._inverse.mT @ halves)[:, :, 0], shared])


def _times(left: Floats, root: Floats) -> Floats:
    """Return left S."""
    product: Floats = left * root if root.ndim == 1 else left @ root
    return product
