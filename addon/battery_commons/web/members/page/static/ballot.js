/** A voter's part of RFC 9474 (RSABSSA-SHA384-PSS-Deterministic): the village signs a ballot without seeing it. */

const SALT_BYTES = 48;
const HASH_BYTES = 48;
const HEADING = "battery-commons-ballot/1";

/** Return bytes as base64url without padding. */
export function toText(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Return the bytes that a text in base64url says. */
export function fromText(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Return what is signed of a ballot. */
export function messageOf(voteId, choice, number) {
  return new TextEncoder().encode(`${HEADING}\n${voteId}\n${choice}\n${number}`);
}

/** Return a new ballot, blinded: all of it has to be kept until it is cast. */
export async function newBallot(voteId, choice, modulusText) {
  const number = toText(crypto.getRandomValues(new Uint8Array(32)));
  const modulus = toInteger(fromText(modulusText));
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const { blinded, inverse } = await blind(
    modulus, messageOf(voteId, choice, number), salt, randomBelow(modulus),
  );
  return { choice, number, blinded: toText(blinded), inverse: inverse.toString(16) };
}

/** Return the ballot's signature without its blinding. Throws where the village did not sign this ballot. */
export async function unblinded(voteId, ballot, blindSignatureText, modulusText) {
  const modulus = toInteger(fromText(modulusText));
  const message = messageOf(voteId, ballot.choice, ballot.number);
  const signature = finalize(modulus, fromText(blindSignatureText), BigInt(`0x${ballot.inverse}`));
  if (!(await isSigned(modulusText, message, signature))) throw new Error("not signed");
  return toText(signature);
}

/** Return whether `signature` is the village's, of `message`: checked by the browser's own RSASSA-PSS. */
export async function isSigned(modulusText, message, signature) {
  const key = await crypto.subtle.importKey(
    "jwk",
    { kty: "RSA", n: modulusText, e: "AQAB", alg: "PS384", ext: true },
    { name: "RSA-PSS", hash: "SHA-384" },
    false,
    ["verify"],
  );
  return crypto.subtle.verify({ name: "RSA-PSS", saltLength: SALT_BYTES }, key, signature, message);
}

/** Blind of RFC 9474, section 4.2, with salt and blinding factor given. */
export async function blind(modulus, message, salt, factor, exponent = 65537n) {
  const bits = modulus.toString(2).length;
  const encoded = toInteger(await pssEncoded(message, bits - 1, salt));
  const blinded = (encoded * power(factor, exponent, modulus)) % modulus;
  return { blinded: toBytes(blinded, Math.ceil(bits / 8)), inverse: inverseOf(factor, modulus) };
}

/** Finalize of RFC 9474, section 4.4, without its check. */
export function finalize(modulus, blindSignature, inverse) {
  return toBytes((toInteger(blindSignature) * inverse) % modulus, blindSignature.length);
}

/** EMSA-PSS-ENCODE of RFC 8017, section 9.1.1. */
async function pssEncoded(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const digest = await hash(joined(new Uint8Array(8), await hash(message), salt));
  const padding = new Uint8Array(length - salt.length - HASH_BYTES - 2);
  const block = joined(padding, Uint8Array.of(1), salt);
  const mask = await masked(digest, block.length);
  const hidden = block.map((byte, index) => byte ^ mask[index]);
  hidden[0] &= 0xff >> (8 * length - bits);
  return joined(hidden, digest, Uint8Array.of(0xbc));
}

/** MGF1 of RFC 8017, section B.2.1. */
async function masked(seed, length) {
  const blocks = [];
  for (let counter = 0; counter * HASH_BYTES < length; counter += 1) {
    blocks.push(await hash(joined(seed, Uint8Array.of(0, 0, 0, counter))));
  }
  return joined(...blocks).slice(0, length);
}

async function hash(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function toInteger(bytes) {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") || "0"}`);
}

export function toBytes(value, length) {
  const digits = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

function power(base, exponent, modulus) {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Extended Euclid. Throws where there is no inverse, which would be a factor of the modulus. */
export function inverseOf(value, modulus) {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  if (rest !== 1n) throw new Error("no inverse");
  return factor < 0n ? factor + modulus : factor;
}

function randomBelow(modulus) {
  const length = Math.ceil(modulus.toString(2).length / 8);
  for (;;) {
    const drawn = toInteger(crypto.getRandomValues(new Uint8Array(length)));
    if (drawn > 1n && drawn < modulus) return drawn;
  }
}
