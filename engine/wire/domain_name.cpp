// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/domain_name.h"

#include "engine/wire/cursor.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dorascope::wire {

namespace {

constexpr std::size_t kMaxName = 255, kMaxLabel = 63, kMaxPointer = 0x3fff;
constexpr int kMaxJumps = 128; // a name has at most 127 labels, so more pointers than that are hostile
constexpr std::uint8_t kPointerBits = 0xc0;

void append_label(std::string& text, std::span<const std::byte> label)
{
    for (const auto octet : label) {
        const auto c = std::to_integer<unsigned>(octet);
        if (c == '.' || c == '\\') {
            text += '\\';
            text += static_cast<char>(c);
        } else if (c > 0x20 && c < 0x7f) {
            text += static_cast<char>(c);
        } else {
            text += fmt::format("\\{:03}", c);
        }
    }
}

/// One octet of a label in presentation form; the view moves past it.
std::optional<std::uint8_t> take_octet(std::string_view& text)
{
    const char first = text.front();
    text.remove_prefix(1);
    if (first != '\\') return static_cast<std::uint8_t>(first);
    if (text.empty()) return std::nullopt;
    if (text.front() < '0' || text.front() > '9') {
        const char escaped = text.front();
        text.remove_prefix(1);
        return static_cast<std::uint8_t>(escaped);
    }
    unsigned value = 0;
    if (text.size() < 3) return std::nullopt;
    for (const char digit : text.substr(0, 3)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(digit - '0');
    }
    text.remove_prefix(3);
    return value <= 255 ? std::optional{static_cast<std::uint8_t>(value)} : std::nullopt;
}

using Label = std::vector<std::byte>;

struct ParsedName {
    std::vector<Label> labels;
    bool rooted = false; ///< ends with a dot
};

std::optional<ParsedName> parse_presentation(std::string_view text)
{
    ParsedName name;
    if (text == ".") return ParsedName{{}, true};
    std::size_t size = 1;
    Label label;
    while (!text.empty()) {
        if (text.front() == '.') {
            if (label.empty()) return std::nullopt;
            size += label.size() + 1;
            name.labels.push_back(std::exchange(label, {}));
            text.remove_prefix(1);
            name.rooted = text.empty();
            continue;
        }
        const auto octet = take_octet(text);
        if (!octet || label.size() == kMaxLabel) return std::nullopt;
        label.push_back(std::byte{*octet});
    }
    if (!label.empty()) {
        size += label.size() + 1;
        name.labels.push_back(std::move(label));
    }
    if (size > kMaxName) return std::nullopt;
    return name;
}

using Tails = std::vector<std::pair<std::vector<Label>, std::uint16_t>>;

void write_name(const ParsedName& name, NameForm form, std::size_t base, Tails& tails, std::vector<std::byte>& out)
{
    for (std::size_t i = 0; i < name.labels.size(); ++i) {
        if (form == NameForm::compressed) {
            std::vector<Label> tail(name.labels.begin() + static_cast<std::ptrdiff_t>(i), name.labels.end());
            const auto known = std::find_if(tails.begin(), tails.end(), [&](const auto& t) { return t.first == tail; });
            if (known != tails.end()) return put_u16(out, static_cast<std::uint16_t>(kPointerBits << 8 | known->second));
            if (out.size() - base <= kMaxPointer)
                tails.emplace_back(std::move(tail), static_cast<std::uint16_t>(out.size() - base));
        }
        put_u8(out, static_cast<std::uint8_t>(name.labels[i].size()));
        put_bytes(out, name.labels[i]);
    }
    if (form != NameForm::partial || name.rooted) put_u8(out, 0);
}

} // namespace

std::optional<std::string> read_name(std::span<const std::byte> data, std::size_t& position, NameForm form)
{
    std::string text;
    std::size_t at = position, size = 1, floor = position;
    int jumps = 0;
    std::optional<std::size_t> resume; // where the name ends in the data, once a pointer has been followed
    const auto fail = [&] {
        position = std::min(at, data.size());
        return std::nullopt;
    };
    while (true) {
        if (at >= data.size()) {
            if (form != NameForm::partial) return fail();
            break;
        }
        const auto length = load_u8(data.data() + at);
        if (length == 0) {
            ++at;
            if (form == NameForm::partial || text.empty()) text += '.';
            break;
        }
        if ((length & kPointerBits) == kPointerBits) {
            if (form != NameForm::compressed || data.size() - at < 2 || ++jumps > kMaxJumps) return fail();
            const std::size_t target = load_u16(data.data() + at) & kMaxPointer;
            if (target >= floor) return fail();
            if (!resume) resume = at + 2;
            at = floor = target;
            continue;
        }
        size += length + std::size_t{1};
        if (length > kMaxLabel || data.size() - at - 1 < length || size > kMaxName) return fail();
        if (!text.empty()) text += '.';
        append_label(text, data.subspan(at + 1, length));
        at += length + std::size_t{1};
    }
    position = resume.value_or(at);
    return text;
}

bool write_names(std::span<const std::string> names, NameForm form, std::size_t base, std::vector<std::byte>& out)
{
    Tails tails;
    for (const auto& text : names) {
        const auto name = parse_presentation(text);
        if (!name || (text.empty() && form != NameForm::partial)) return false;
        write_name(*name, form, base, tails, out);
    }
    return true;
}

} // namespace dorascope::wire
