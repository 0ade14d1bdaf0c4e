// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions of dhcpd's classes, as far as they are tests of ours: "substring(option vendor-class-identifier, 0, 9) = "PXEClient" and …".
#pragma once

#include "engine/interchange/class_tests.h"
#include "engine/interchange/isc_option_names.h"
#include "engine/interchange/isc_syntax.h"

#include <optional>

namespace dorascope::interchange {

/// What is compared: an option, hardware, circuit or remote id, and from where to where.
struct Compared {
    server::ClassTest test; ///< without data
    std::size_t skip_type = 0; ///< `hardware` begins with the type, which our test does not have
    std::optional<std::size_t> length; ///< of a substring
};
/// Reads a term at `at` and moves past it. Nothing where it is none of ours.
std::optional<Compared> isc_term(IscTokens tokens, std::size_t& at, const IscOptionNames& names);
/// The octets of a literal: a string, or hex as in 1:aa:bb; without the hardware type where `compared` says so. Nothing where the term
/// never has so many.
std::optional<std::vector<std::byte>> isc_literal(const IscToken& token, const Compared& compared);
/// "substring(x, 0, 9) = "PXE"" holds where "PXE" is all of x.
bool is_whole(const Compared& compared, std::span<const std::byte> literal);
/// Tests that all have to hold. Nothing where a part of it has no equivalent.
std::optional<ClassTests> isc_condition(IscTokens tokens, const IscOptionNames& names);

} // namespace dorascope::interchange
