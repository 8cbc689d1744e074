import { test as setup } from '../fixtures';
import { enter, kept, categoryOf, STAFF } from '../steps/accounts';
import { Doors } from '../steps/doors';

for (const userName of STAFF) {
  setup(`${userName} signs in for the whole run`, async ({ context, baseURL }) => {
    await enter(new Doors(context, baseURL!), userName, categoryOf(userName));
    await context.storageState({ path: kept(userName) });
  });
}
