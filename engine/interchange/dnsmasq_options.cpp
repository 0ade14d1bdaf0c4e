// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/dnsmasq_options.h"

#include "engine/interchange/config_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/message.h"

#include <algorithm>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::OptionSettings;

constexpr const char* kTooMuch = "is too much to repeat for each";
constexpr const char* kOneTooMany = "is one class too many";

} // namespace

void DnsmasqOptions::take(const DnsmasqLine& line, bool force)
{
    auto fields = dnsmasq_fields(line.value);
    const auto asked = take_option_tags(fields);
    if (outcome_.budget < 0) return outcome_.drop(line, kTooMuch); // and there is no looking for who has the tag
    if (fields.empty()) return outcome_.drop(line, "names no option");
    if (fields[0].starts_with("option6:")) return outcome_.drop(line, "is about IPv6");
    if (is_dnsmasq_suboption(fields[0])) return take_piece(line, fields, asked, force);
    const auto code = dnsmasq_option_code(fields[0]);
    if (!code) return outcome_.drop(line, "is an option that we do not know by this name");
    const auto targets = outcome_.places(asked);
    if (targets.empty()) return outcome_.drop(line, outcome_.no_place(asked));
    if (fields.size() == 1) return silence(line, targets, *code);
    std::string why;
    const auto data = dnsmasq_option_data(*code, std::span{fields}.subspan(1), why);
    for (auto* const target : targets) {
        if (!outcome_.afford(data ? data->size() : 0)) return outcome_.drop(line, kTooMuch);
        defaults_.say(target, *code);
        if (!data) continue;
        if (pieces_.contains({target, *code})) return outcome_.drop(line, "other lines say the options within it one by one");
        if (!set_option(*target, *code, *data, force)) return outcome_.drop(line, "has a value that does not fit the option");
    }
    if (!data) outcome_.drop(line, why);
}

void DnsmasqOptions::silence(const DnsmasqLine& line, const Targets& targets, std::uint8_t code)
{
    for (auto* const target : targets) {
        if (!outcome_.afford(2 * line.text.size() + 64)) return outcome_.drop(line, kTooMuch);
        defaults_.silence(line, target, code);
    }
}

void DnsmasqOptions::take_piece(const DnsmasqLine& line, std::span<const std::string_view> fields,
                                const std::vector<std::string>& asked, bool force)
{
    const auto option = dnsmasq_suboption(fields);
    if (!option) return outcome_.drop(line, option.error());
    auto targets = outcome_.places(asked);
    if (!option->vendor.empty()) {
        if (!asked.empty()) return outcome_.drop(line, "asks for a tag and a vendor class at once");
        auto* const of = vendor_class(option->vendor);
        if (of == nullptr) return outcome_.drop(line, kOneTooMany);
        targets = {&of->options};
    }
    if (targets.empty()) return outcome_.drop(line, outcome_.no_place(asked));
    for (auto* const target : targets) {
        if (!outcome_.afford(option->data.size())) return outcome_.drop(line, kTooMuch);
        if (!add_piece(*target, *option, force))
            return outcome_.drop(line, "another line says the whole of the option around it");
    }
}

bool DnsmasqOptions::add_piece(OptionSettings& target, const DnsmasqSuboption& option, bool force)
{
    const auto there = std::ranges::find(target.extra, option.within, &OptionSettings::Extra::code);
    if (there == target.extra.end()) {
        pieces_.emplace(&target, option.within);
        target.extra.push_back({option.within, option.data, force});
        return true;
    }
    if (!pieces_.contains({&target, option.within})) return false;
    there->data.insert(there->data.end(), option.data.begin(), option.data.end());
    there->force |= force;
    return true;
}

server::ClientClass* DnsmasqOptions::vendor_class(const std::string& vendor)
{
    auto& config = outcome_.config;
    const auto there = vendors_.find(vendor);
    if (there != vendors_.end()) return &config.classes[there->second];
    if (config.classes.size() == kMostClasses) return nullptr;
    vendors_.emplace(vendor, config.classes.size());
    ClassTest test{ClassTest::Subject::option, wire::option::vendor_class_identifier, bytes_of(vendor), false, {}};
    test.anywhere = true;
    auto name = unused_name(config, "vendor " + label(vendor));
    config.classes.push_back({std::move(name), {std::move(test)}, false, {}, std::nullopt});
    return &config.classes.back();
}

/// "FILE,NAME,ADDRESS", each of which may be left out.
void DnsmasqOptions::take_boot(const DnsmasqLine& line)
{
    auto fields = dnsmasq_fields(line.value);
    const auto asked = take_leading_tags(fields);
    if (outcome_.budget < 0) return outcome_.drop(line, kTooMuch);
    if (!fields.empty() && fields[0].starts_with("set:"))
        return outcome_.drop(line, "sets no tag: dnsmasq takes it for the name of the file; a condition is tag:…");
    fields.resize(std::max<std::size_t>(fields.size(), 3));
    const auto file = unquoted(fields[0]), name = unquoted(fields[1]);
    const auto address = Ipv4Address::parse(fields[2]);
    if (file.empty() && name.empty() && !address) return outcome_.drop(line, "names no file");
    const auto targets = outcome_.places(asked);
    if (targets.empty()) return outcome_.drop(line, outcome_.no_place(asked));
    if (!fields[2].empty() && !address)
        outcome_.drop(line, "names the server that has the file: write its address as next_server = …");
    else if (!address)
        outcome_.drop(line, "dnsmasq names itself as the server that has the file: write next_server = …");
    for (auto* const target : targets) {
        if (!outcome_.afford(line.value.size())) return outcome_.drop(line, kTooMuch);
        target->boot_file = std::string{file};
        target->server_name = std::string{name};
        target->next_server = address;
    }
}

} // namespace dorascope::interchange
