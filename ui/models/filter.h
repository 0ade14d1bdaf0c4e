// SPDX-License-Identifier: GPL-3.0-or-later
// The filter line, read once and asked a million times. Terms are separated by spaces and all must match; "quotes" hold a term together.
#pragma once

#include "capture/observe/lan_state.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::models {

class Scope;

/// What a term is compared with.
enum class FilterField : std::uint8_t { any, xid, client, address, server, state, type };

class Filter {
public:
    static Filter parse(const QString& text);

    bool empty() const { return terms_.empty(); }
    bool matches(const Scope& scope, const observe::Exchange& exchange) const;
    bool matches(const Scope& scope, const observe::Binding& binding) const;

    /// Clients' names or details changed: what is remembered of them is asked again.
    void forget(std::span<const observe::ClientId> clients);
    void forgetAll();

private:
    struct Term {
        FilterField field = FilterField::any;
        QString text; ///< lower case
        std::string latin; ///< the same, for addresses and numbers
        std::optional<Ipv4Range> range; ///< address given whole, as a prefix or as a range
    };
    static Term makeTerm(FilterField field, const QString& text);
    bool clientMatches(const Scope& scope, std::size_t term, observe::ClientId client) const;
    bool exchangeMatches(const Scope& scope, std::size_t term, const observe::Exchange& exchange) const;
    static bool addressMatches(const Term& term, Ipv4Address address);

    std::vector<Term> terms_;
    /// By client: two bits a term, (known, matches). Clients are asked by many exchanges, and their names cost more than a comparison.
    mutable std::vector<std::uint32_t> remembered_;
    static constexpr std::size_t kMostTerms = 16;
};

} // namespace dorascope::models
