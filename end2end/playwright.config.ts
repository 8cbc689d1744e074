import { defineConfig, devices } from '@playwright/test';

// `cargo xtask e2e` starts a server over a throwaway database and names it here; `make run` serves the default.
const baseURL = process.env.BEIAN_TEST_URL ?? 'http://localhost:3000';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  // One server for all: what moves shared things (the clock) runs alone, in a project of its own after all others.
  fullyParallel: false,
  projects: [
    { name: 'staff', testMatch: /staff\.setup\.ts$/ },
    { name: 'pages', testMatch: /\.spec\.ts$/, testIgnore: /clock\.spec\.ts$/, dependencies: ['staff'] },
    { name: 'clock', testMatch: /clock\.spec\.ts$/, dependencies: ['pages'] },
  ],
  workers: 2,
  forbidOnly: !!process.env.CI,
  retries: 0,
  // What a test waits for comes when it comes, also on a machine that is busy: these only end what would never end.
  timeout: 900_000,
  expect: { timeout: 60_000, toPass: { timeout: 180_000 } },
  reporter: [['list'], ['html', { open: 'never', outputFolder: 'playwright-report' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.BEIAN_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
      ],
    },
  },
});
