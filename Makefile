# Two commands matter: `make run` and `make test`. The rest is in `cargo xtask help`.

.PHONY: run dev test bench build prepare db toolchain

run: toolchain
	@cargo xtask run

dev: toolchain
	@cargo xtask dev

test: toolchain
	@cargo xtask test

bench: toolchain
	@cargo xtask bench

build: toolchain
	@cargo xtask build --release

prepare: toolchain
	@cargo xtask prepare

db: toolchain
	@cargo xtask db

# What cargo needs before xtask can install anything else.
toolchain:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it through rustup (https://rustup.rs), then open a new shell" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "==> install a C compiler"; \
	  SUDO=; [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	  $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
	  $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq build-essential; }
