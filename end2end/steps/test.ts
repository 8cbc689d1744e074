import { test as base } from '../fixtures';
import { enterAsNewcomer, kept, type Staff } from './accounts';
import { Doors } from './doors';

type Casts = {
  /** A registrant of the test's own, signed in, in a browser of their own. */
  newcomer: (options?: object) => Promise<Doors>;
  /** Somebody of the demo's staff, signed in, in a browser of their own. */
  staff: (userName: Staff, options?: object) => Promise<Doors>;
  /** Somebody who has no account. */
  stranger: (options?: object) => Promise<Doors>;
};

/** Tests with people in them. */
export const test = base.extend<Casts>({
  newcomer: async ({ newContext, baseURL }, use) => {
    await use(async (options = {}) => enterAsNewcomer(await newContext(options), baseURL!));
  },
  staff: async ({ newContext, baseURL }, use) => {
    await use(async (userName, options = {}) => new Doors(await newContext({ storageState: kept(userName), ...options }), baseURL!));
  },
  stranger: async ({ newContext, baseURL }, use) => {
    await use(async (options = {}) => new Doors(await newContext(options), baseURL!));
  },
});
