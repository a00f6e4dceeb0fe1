import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPublisher } from '../../src/emulator/publisher.ts';
import { freeAddress } from '../support/live.ts';

test('an address that is taken is refused at once, or waited for', async () => {
  const address = freeAddress();
  const first = await openPublisher(address);
  await expect(openPublisher(address)).rejects.toMatchObject({ code: 'EMULATOR_PORT_IN_USE' });
  let isOpen = false;
  const second = openPublisher(address, 60_000).then((publisher) => {
    isOpen = true;
    return publisher;
  });
  await wait(100);
  expect(isOpen).toBe(false);
  await first.close();
  await (await second).close();
  expect(isOpen).toBe(true);
});
