import { expect, test } from 'vitest';
import { patient } from './lazily';

const atOnce = async () => {};

/** A load that fails so many times before it succeeds. */
function failing(times: number) {
  let tried = 0;
  return async () => {
    tried += 1;
    if (tried <= times) throw new Error(`failure ${tried}`);
    return tried;
  };
}

test('a part is waited for while the server cannot be reached', async () => {
  expect(await patient(failing(20), async () => false, atOnce)).toBe(21);
});

test('a part that the server does not have is given up', async () => {
  await expect(patient(failing(20), async () => true, atOnce)).rejects.toThrow('failure 3');
});

test('a server that comes back in between is asked again', async () => {
  expect(await patient(failing(2), async () => true, atOnce)).toBe(3);
});
