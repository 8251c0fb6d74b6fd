#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    "error[NOT_BUILT]: dist/src/cli/main.js expected, found none; run `node bin/bootstrap.mjs build` first\n",
  );
  process.exitCode = 1;
}
