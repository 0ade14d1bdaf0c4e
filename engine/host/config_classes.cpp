// SPDX-License-Identifier: GPL-3.0-or-later
// [[class]]: who belongs to it, in words that a person uses (vendor_class, architecture, mac_prefix …) or as octets (match).
#include "engine/host/config_levels.h"
#include "engine/host/config_options.h"
#include "engine/wire/hex.h"
#include "engine/wire/nearest_name.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

namespace dorascope::host {
namespace {

using server::ClassTest;
using server::ClientClass;
using Subject = ClassTest::Subject;
using Data = std::vector<std::byte>;

constexpr std::uint8_t kVendorClass = 60, kUserClass = 77, kArchitecture = 93;
constexpr std::size_t kMostOctets = 1024;

Data data_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}
std::string_view text_of(const Data& data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

/// The first value is the test's own, the others are alternatives.
void add_test(ClientClass& target, ClassTest test, std::vector<Data> values)
{
    if (values.empty()) return;
    test.data = std::move(values.front());
    test.alternatives.assign(std::make_move_iterator(values.begin() + 1), std::make_move_iterator(values.end()));
    target.tests.push_back(std::move(test));
}
void add_test(ClientClass& target, Subject subject, std::uint8_t code, bool prefix, std::vector<Data> values)
{
    add_test(target, ClassTest{subject, code, {}, prefix, {}}, std::move(values));
}
std::vector<Data> values_of(const ClassTest& test)
{
    std::vector<Data> values{test.data};
    values.insert(values.end(), test.alternatives.begin(), test.alternatives.end());
    return values;
}

std::vector<Data> texts(Reader& reader, const Place& at)
{
    std::vector<Data> values;
    reader.each(at, [&](const Place& one) {
        const auto text = reader.text(one, "\"PXEClient\"");
        if (text && !text->empty() && text->size() <= 255) return values.push_back(data_of(*text));
        if (text) reader.error(one, "is empty or too long", "1 to 255 octets");
    });
    return values;
}

std::vector<Data> octet_lists(Reader& reader, const Place& at)
{
    std::vector<Data> values;
    reader.each(at, [&](const Place& one) {
        const auto octets = reader.octets(one, kMostOctets);
        if (!octets) return;
        const auto bytes = std::as_bytes(std::span{*octets});
        values.emplace_back(bytes.begin(), bytes.end());
    });
    return values;
}

/// RFC 3004 §4 puts a length before each class; iPXE and others send the bare word. Both are meant.
Data in_block(const Data& word)
{
    Data block;
    block.reserve(word.size() + 1);
    block.push_back(static_cast<std::byte>(word.size()));
    block.insert(block.end(), word.begin(), word.end());
    return block;
}

void read_user_class(Reader& reader, const Place& at, ClientClass& target)
{
    std::vector<Data> values;
    for (auto& word : texts(reader, at)) {
        values.push_back(word);
        values.push_back(in_block(word));
    }
    add_test(target, Subject::option, kUserClass, false, std::move(values));
}

struct Architecture {
    std::string_view name;
    std::vector<int> numbers;
};
/// RFC 5970 §3.3 and IANA's registry; 7 and 9 are both x64 UEFI (RFC 4578 erratum 4625).
const std::vector<Architecture>& architectures()
{
    static const std::vector<Architecture> all{{"bios", {0}},           {"ia32_uefi", {6}},        {"x64_uefi", {7, 9}},
                                               {"arm32_uefi", {10}},    {"arm64_uefi", {11}},      {"ia32_uefi_http", {15}},
                                               {"x64_uefi_http", {16}}, {"arm32_uefi_http", {18}}, {"arm64_uefi_http", {19}},
                                               {"bios_http", {20}},     {"riscv32_uefi", {25}},    {"riscv64_uefi", {27}}};
    return all;
}

Data u16_data(std::int64_t number) { return {static_cast<std::byte>(number >> 8), static_cast<std::byte>(number & 0xff)}; }

void read_architecture(Reader& reader, const Place& at, ClientClass& target)
{
    std::vector<Data> values;
    reader.each(at, [&](const Place& one) {
        if (!one.node.is(ConfigNode::Kind::text)) {
            if (const auto number = reader.number(one, 0, 0xffff)) values.push_back(u16_data(*number));
            return;
        }
        const auto named = std::ranges::find(architectures(), one.node.text, &Architecture::name);
        if (named != architectures().end()) {
            for (const int number : named->numbers)
                values.push_back(u16_data(number));
            return;
        }
        std::vector<std::string_view> names;
        for (const auto& row : architectures())
            names.push_back(row.name);
        const auto nearest = nearest_name(one.node.text, names);
        reader.error(one, fmt::format("'{}' is no architecture", one.node.text),
                     nearest ? fmt::format("did you mean {}?", *nearest)
                             : fmt::format("a number, or one of: {}", fmt::join(names, ", ")));
    });
    add_test(target, Subject::option, kArchitecture, true, std::move(values)); // a list: the first is what booted the machine
}

template <Subject S, bool Prefix> void read_octet_test(Reader& reader, const Place& at, ClientClass& target)
{
    add_test(target, S, 0, Prefix, octet_lists(reader, at));
}

// ---- match = [{ option = 12, text = "lab-", prefix = true }, { option = 60, text = "Arch", anywhere = true }] ------------------------

constexpr std::array<std::string_view, 4> kSubjects{"option", "hardware", "circuit_id", "remote_id"}; // in the order of Subject

struct Match {
    ClassTest test;
    std::vector<Data> values;
    int subjects = 0;
};

template <bool Hex> void read_match_values(Reader& reader, const Place& at, Match& match)
{
    reader.each(at, [&](const Place& one) {
        const auto given = reader.text(one, Hex ? "\"01:02:ab\"" : "\"lab-\"");
        if (!given) return;
        const auto octets = Hex ? wire::from_hex(*given) : std::vector<std::uint8_t>(given->begin(), given->end());
        if (!octets || octets->size() > kMostOctets)
            return reader.error(one, "is not octets in hexadecimal", "write them as \"01:02:ab\"");
        const auto bytes = std::as_bytes(std::span{*octets});
        match.values.emplace_back(bytes.begin(), bytes.end());
    });
}

void read_match_offset(Reader& reader, const Place& at, Match& match)
{
    if (const auto offset = reader.number(at, 0, kMostOctets)) match.test.offset = static_cast<std::uint16_t>(*offset);
}

constexpr Key<Match> kMatchKeys[] = {
    {"option",
     [](Reader& reader, const Place& at, Match& match) {
         ++match.subjects;
         if (const auto code = reader.number(at, 1, 254)) match.test.code = static_cast<std::uint8_t>(*code);
     }},
    {"field",
     [](Reader& reader, const Place& at, Match& match) {
         ++match.subjects;
         const auto subject = reader.one_of(at, std::span{kSubjects}.subspan(1));
         if (subject) match.test.subject = static_cast<Subject>(*subject + 1);
     }},
    {"hex", read_match_values<true>},
    {"text", read_match_values<false>},
    {"prefix", [](Reader& reader, const Place& at, Match& match) { match.test.prefix = reader.boolean(at).value_or(false); }},
    {"offset", read_match_offset},
    {"anywhere", [](Reader& reader, const Place& at, Match& match) { match.test.anywhere = reader.boolean(at).value_or(false); }},
};

void read_match(Reader& reader, const Place& at, ClientClass& target)
{
    reader.each(at, [&](const Place& one) {
        Match match;
        read_table(reader, one, match, kMatchKeys);
        if (match.subjects != 1)
            reader.error(one, "does not say what is compared", "option = CODE, or field = \"hardware\", circuit_id or remote_id");
        if (match.values.empty()) match.values.emplace_back(); // it is enough that it is there
        add_test(target, std::move(match.test), std::move(match.values));
    });
}

// In this order the tests are read; class_toml() writes them so that it is theirs.
constexpr Key<ClientClass> kClassKeys[] = {
    {"name", read_text_into<&ClientClass::name>},
    {"deny", read_boolean_into<&ClientClass::deny>},
    {"lease_time", read_seconds_into<&ClientClass::lease_seconds>},
    {"min_lease_time", read_seconds_into<&ClientClass::min_lease_seconds>},
    {"max_lease_time", read_seconds_into<&ClientClass::max_lease_seconds>},
    {"vendor_class",
     [](Reader& reader, const Place& at, ClientClass& target) {
         add_test(target, Subject::option, kVendorClass, true, texts(reader, at));
     }},
    {"user_class", read_user_class},
    {"architecture", read_architecture},
    {"mac", read_octet_test<Subject::hardware, false>},
    {"mac_prefix", read_octet_test<Subject::hardware, true>},
    {"circuit_id", read_octet_test<Subject::circuit_id, false>},
    {"remote_id", read_octet_test<Subject::remote_id, false>},
    {"match", read_match},
};

// ---- writing ------------------------------------------------------------------------------------------------------------------------

/// A readable line for a test, and which key of the table it is; nothing where only `match` says it.
struct Sugar {
    std::ptrdiff_t row;
    std::string line;
};

std::optional<Sugar> sugar(std::string_view key, const std::vector<std::string>& words, bool quoted)
{
    const auto* const row = std::ranges::find(kClassKeys, key, &Key<ClientClass>::name);
    std::string list;
    for (const auto& word : words)
        list += (list.empty() ? "" : ", ") + (quoted ? toml_text(word) : word);
    return Sugar{row - std::begin(kClassKeys),
                 fmt::format("{} = {}{}{}\n", key, words.size() == 1 ? "" : "[", list, words.size() == 1 ? "" : "]")};
}

/// The words of texts that can stand in quotes.
std::optional<std::vector<std::string>> plain_words(const std::vector<Data>& values)
{
    std::vector<std::string> words;
    for (const auto& value : values) {
        if (value.empty() || value.size() > 255 || !is_utf8(text_of(value))) return std::nullopt;
        words.emplace_back(text_of(value));
    }
    return words;
}

std::optional<Sugar> user_class_sugar(const std::vector<Data>& values)
{
    if (values.size() % 2 != 0) return std::nullopt;
    std::vector<Data> bare;
    for (std::size_t i = 0; i < values.size(); i += 2) {
        if (values[i].size() > 255 || values[i + 1] != in_block(values[i])) return std::nullopt;
        bare.push_back(values[i]);
    }
    const auto words = plain_words(bare);
    return words ? sugar("user_class", *words, true) : std::nullopt;
}

std::optional<Sugar> option_sugar(const ClassTest& test, const std::vector<Data>& values)
{
    if (test.code == kUserClass && !test.prefix) return user_class_sugar(values);
    if (test.code == kVendorClass && test.prefix) {
        const auto words = plain_words(values);
        return words ? sugar("vendor_class", *words, true) : std::nullopt;
    }
    if (test.code != kArchitecture || !test.prefix) return std::nullopt;
    std::vector<std::string> numbers;
    for (const auto& value : values) {
        if (value.size() != 2) return std::nullopt;
        numbers.push_back(std::to_string(std::to_integer<int>(value[0]) << 8 | std::to_integer<int>(value[1])));
    }
    return sugar("architecture", numbers, false);
}

std::optional<Sugar> sugar_of(const ClassTest& test)
{
    if (test.offset > 0 || test.anywhere) return std::nullopt;
    const auto values = values_of(test);
    if (test.subject == Subject::option) return option_sugar(test, values);
    if (test.code != 0 || std::ranges::any_of(values, &Data::empty)) return std::nullopt;
    std::vector<std::string> words;
    for (const auto& value : values)
        words.push_back(wire::to_hex(value, ':'));
    if (test.subject == Subject::hardware) return sugar(test.prefix ? "mac_prefix" : "mac", words, true);
    if (test.prefix) return std::nullopt;
    return sugar(kSubjects[static_cast<std::size_t>(test.subject)], words, true);
}

std::string match_toml(const ClassTest& test)
{
    std::string out = test.subject == Subject::option
        ? fmt::format("    {{ option = {}", test.code)
        : fmt::format("    {{ field = \"{}\"", kSubjects[static_cast<std::size_t>(test.subject)]);
    if (!test.data.empty() || !test.alternatives.empty()) {
        std::string list;
        for (const auto& value : values_of(test))
            list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", wire::to_hex(value, ':'));
        out += fmt::format(", hex = [{}]", list);
    }
    if (test.offset > 0) out += fmt::format(", offset = {}", test.offset);
    return out + (test.anywhere ? ", anywhere = true },\n" : test.prefix ? ", prefix = true },\n" : " },\n");
}

} // namespace

void read_classes(Reader& reader, const Place& at, server::Config& config)
{
    reader.each(at, [&](const Place& one) {
        reader.require(one, "name", "\"phones\"");
        ClientClass& target = config.classes.emplace_back();
        read_table(reader, one, target, kClassKeys, &target.options);
    });
}

std::string class_toml(const ClientClass& client_class)
{
    std::string out = fmt::format("\n[[class]]\nname = {}\n", toml_text(client_class.name));
    if (client_class.deny) out += "deny = true\n";
    const auto time = [&out](std::string_view key, const std::optional<std::uint32_t>& seconds) {
        if (seconds) out += fmt::format("{} = {}\n", key, seconds_toml(*seconds));
    };
    time("lease_time", client_class.lease_seconds);
    time("min_lease_time", client_class.min_lease_seconds);
    time("max_lease_time", client_class.max_lease_seconds);
    std::ptrdiff_t last = -1;
    std::string matches;
    for (const auto& test : client_class.tests) {
        const auto readable = sugar_of(test);
        if (readable && readable->row > last && matches.empty()) {
            last = readable->row;
            out += readable->line;
        } else {
            matches += match_toml(test);
        }
    }
    if (!matches.empty()) out += "match = [\n" + matches + "]\n";
    return out + option_settings_toml(client_class.options);
}

} // namespace dorascope::host
