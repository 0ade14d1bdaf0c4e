// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions of dhcpd's classes, as far as they are tests of ours: "substring(option vendor-class-identifier, 0, 9) = "PXEClient" and …".
#pragma once

#include "engine/interchange/isc_syntax.h"
#include "engine/server/config.h"

#include <optional>

namespace dorascope::interchange {

/// What is compared: an option, hardware, circuit or remote id, and from where to where.
struct Compared {
    server::ClassTest test; ///< without data
    std::size_t skip_type = 0; ///< `hardware` begins with the type, which our test does not have
    bool whole_hardware = false;
};
/// Reads a term at `at` and moves past it. Nothing where it is none of ours.
std::optional<Compared> isc_term(std::span<const IscToken> tokens, std::size_t& at);
/// The octets of a literal: a string, or hex as in 1:aa:bb; without the hardware type where `compared` says so.
std::optional<std::vector<std::byte>> isc_literal(const IscToken& token, const Compared& compared);
/// Tests that all have to hold. Nothing where a part of it has no equivalent.
std::optional<std::vector<server::ClassTest>> isc_condition(std::span<const IscToken> tokens);

} // namespace dorascope::interchange
