/** The browser's part of a secret vote, against the test vectors of RFC 9474. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  blind, finalize, fromText, inverseOf, isSigned, messageOf, newBallot, toBytes, toInteger, toText, unblinded,
} from "../../addon/battery_commons/web/members/page/static/ballot.js";

const VECTOR = Object.fromEntries(
  Object.entries(JSON.parse(readFileSync(new URL("../village/voting/rfc9474.json", import.meta.url))))
    .map(([name, digits]) => [name, Uint8Array.from(Buffer.from(digits, "hex"))]),
);
const MODULUS = toInteger(VECTOR.n);

test("a ballot is blinded as the RFC does it", async () => {
  const factor = inverseOf(toInteger(VECTOR.inv), MODULUS);
  const { blinded, inverse } = await blind(MODULUS, VECTOR.msg, VECTOR.salt, factor);
  assert.deepEqual(blinded, VECTOR.blinded_msg);
  assert.deepEqual(toBytes(inverse, 512), VECTOR.inv);
});

test("without its blinding the signature is that of the RFC", async () => {
  const signature = finalize(MODULUS, VECTOR.blind_sig, toInteger(VECTOR.inv));
  assert.deepEqual(signature, VECTOR.sig);
  assert.ok(await isSigned(toText(VECTOR.n), VECTOR.msg, signature));
  assert.ok(!(await isSigned(toText(VECTOR.n), VECTOR.msg.slice(1), signature)));
});

test("a whole ballot: blinded, signed, unblinded, and each with a number of its own", async () => {
  const modulus = toText(VECTOR.n);
  const ballot = await newBallot("v1", "b", modulus);
  const other = await newBallot("v1", "b", modulus);
  let [signature, square] = [1n, toInteger(fromText(ballot.blinded))];
  for (let left = toInteger(VECTOR.d); left > 0n; left >>= 1n) {
    if (left & 1n) signature = (signature * square) % MODULUS;
    square = (square * square) % MODULUS;
  }
  const text = await unblinded("v1", ballot, toText(toBytes(signature, 512)), modulus);
  assert.ok(await isSigned(modulus, messageOf("v1", "b", ballot.number), fromText(text)));
  await assert.rejects(unblinded("v2", ballot, toText(toBytes(signature, 512)), modulus));
  assert.notEqual(ballot.number, other.number);
  assert.equal(fromText(ballot.number).length, 32);
});
