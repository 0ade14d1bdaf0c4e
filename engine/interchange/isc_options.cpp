// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_options.h"

#include "engine/interchange/config_formats.h"
#include "engine/interchange/isc_condition.h"
#include "engine/interchange/text.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>

namespace dorascope::interchange {
namespace {

/// What a definition calls a type.
struct Type {
    std::string_view name;
    wire::OptionFormat format;
};
using F = wire::OptionFormat;
constexpr Type kTypes[] = {{"ip-address", F::address},
                           {"array of ip-address", F::addresses},
                           {"text", F::text},
                           {"string", F::opaque},
                           {"boolean", F::flag},
                           {"unsigned integer 8", F::u8},
                           {"integer 8", F::u8},
                           {"unsigned integer 16", F::u16},
                           {"integer 16", F::u16},
                           {"unsigned integer 32", F::u32},
                           {"integer 32", F::i32},
                           {"array of unsigned integer 16", F::u16s},
                           {"array of integer 16", F::u16s},
                           {"array of unsigned integer 8", F::codes},
                           {"array of integer 8", F::codes},
                           {"domain-list", F::domains},
                           {"domain-name", F::domain}};

std::optional<std::vector<std::byte>> option_data(std::uint8_t code, wire::OptionFormat format, IscTokens values)
{
    const auto words = words_of(values);
    if (auto data = wire::words_to_data(code, format, words)) return *data;
    if (values.size() == 1) return isc_literal(values[0], {});
    // Numbers of an octet each: how dhcpd writes what it does not know, routes above all.
    std::vector<std::byte> octets;
    for (const auto& word : words) {
        const auto number = decimal(word);
        if (!number || *number > 255) return std::nullopt;
        octets.push_back(static_cast<std::byte>(*number));
    }
    return octets;
}

/// What is said of a thing: its values, or behind '=' an expression (dhcp-eval(5)), of which a literal alone has an equivalent.
std::optional<IscTokens> values_of(const IscStatement& s, std::size_t first)
{
    auto values = IscTokens{s.tokens}.subspan(std::min(first, s.tokens.size()));
    if (values.empty() || !values[0].is("=")) return values;
    values = values.subspan(1);
    return values.size() == 1 && values[0].kind == IscToken::Kind::string ? std::optional{values} : std::nullopt;
}
constexpr const char* kExpression = "is an expression that has no equivalent here";

} // namespace

void IscOptions::take_option(const IscStatement& s, IscScope& scope)
{
    const auto name = s.word(1);
    if (name == "space" || (s.tokens.size() > 2 && s.tokens[2].is("code"))) return define(s);
    if (s.tokens.size() < 3) return outcome_.drop(s, "has no value");
    const auto said = values_of(s, 2);
    if (!said) return outcome_.drop(s, kExpression);
    const auto values = *said;
    if (name == "dhcp-client-identifier" && scope.host != nullptr) {
        const auto id = isc_literal(values[0], {});
        if (!id || id->size() > 255) return outcome_.drop(s, "is no identifier");
        const auto* const octets = reinterpret_cast<const std::uint8_t*>(id->data());
        scope.host->client_id.assign(octets, octets + id->size());
        return;
    }
    if (name == "host-name" && scope.host != nullptr) {
        scope.host->hostname = values[0].text;
        return;
    }
    const auto option = outcome_.names.find(name);
    if (!option) return outcome_.drop(s, "is an option that we do not know by this name");
    if (option->code == wire::option::subnet_mask || option->code == wire::option::broadcast_address)
        return check_of_subnet(s, option->code, scope);
    auto data = option_data(option->code, option->format, values);
    if (!data) return outcome_.drop(s, "has a value that does not fit the option; a host's name has no equivalent");
    if (!set_option(scope.options_here(), option->code, std::move(*data)))
        outcome_.drop(s, "has a value that does not fit the option");
}

void IscOptions::check_of_subnet(const IscStatement& s, std::uint8_t code, const IscScope& scope)
{
    const auto said = Ipv4Address::parse(s.word(2));
    if (scope.subnet != nullptr) {
        const auto& prefix = scope.subnet->prefix;
        if (said == (code == wire::option::subnet_mask ? prefix.mask() : prefix.broadcast())) return;
    }
    outcome_.drop(s, "follows from the prefix of each subnet here");
}

void IscOptions::define(const IscStatement& s)
{
    const auto code = decimal(s.word(3));
    const auto text = s.tokens.size() > 5 ? joined(IscTokens{s.tokens}.subspan(5)) : std::string{};
    const auto* const type = std::ranges::find(kTypes, text, &Type::name);
    const bool within = s.word(1).find('.') != std::string_view::npos;
    if (s.word(1) == "space" || within) return outcome_.drop(s, "options within options: write option 43 by hand");
    if (!code || *code == 0 || *code > 254 || type == std::end(kTypes))
        return outcome_.drop(s, "is a definition of a type that we do not know");
    outcome_.names.define(s.word(1), {static_cast<std::uint8_t>(*code), type->format});
}

void IscOptions::take_next_server(const IscStatement& s, IscScope& scope)
{
    const auto address = Ipv4Address::parse(s.word(1));
    if (!address) return outcome_.drop(s, "is no address; a name has no equivalent here");
    scope.options_here().next_server = *address;
}
void IscOptions::take_filename(const IscStatement& s, IscScope& scope) { take_text(s, scope.options_here().boot_file); }
void IscOptions::take_server_name(const IscStatement& s, IscScope& scope) { take_text(s, scope.options_here().server_name); }
void IscOptions::take_text(const IscStatement& s, std::string& text)
{
    const auto values = values_of(s, 1);
    if (!values) return outcome_.drop(s, kExpression);
    if (values->empty()) return outcome_.drop(s, "has no value");
    text = (*values)[0].text;
}

} // namespace dorascope::interchange
