# `just` lists the recipes. Each tool has one; `just ci` is what CI runs.

set positional-arguments

[private]
default:
    @just --list --unsorted

# What CI runs.
ci:
    scripts/test

# All tools over this repository; they write what they generate.
chain *args:
    cargo run --quiet --bin trueline -- chain "$@"

# Lint the ledgers.
ledger-lint *args:
    cargo run --quiet --bin ledger-lint -- "${@:-check}"

# Requirements traced to code and tests.
concordance *args:
    cargo run --quiet --bin concordance -- "${@:-check}"

# The queue of work.
queue *args:
    cargo run --quiet --bin queue -- "${@:-ready}"

# Progress and outline.
progress *args:
    cargo run --quiet --bin progress -- "${@:-show}"

# Who holds which paths.
locks *args:
    cargo run --quiet --bin locks -- "${@:-list}"

# Evidence packs.
attach-pack *args:
    cargo run --quiet --bin attach-pack -- "$@"

# Build the tools, make a small repository with lies in it, show each caught.
demo:
    scripts/demo

# Write the JSON Schemas anew after a change of a type.
schemas:
    UPDATE_SCHEMAS=1 cargo test --quiet --test schemas

# Install every tool from this checkout.
install:
    cargo install --locked --path .
