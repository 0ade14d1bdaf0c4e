// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a Message: a list of (code, place) over one buffer.
#include "engine/wire/cursor.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dorascope::wire {

const Options::Entry* Options::entry(std::uint8_t code) const
{
    if (!has(code)) return nullptr;
    return &*std::find_if(entries_.begin(), entries_.end(), [code](const Entry& e) { return e.code == code; });
}

Options::Entry* Options::entry(std::uint8_t code) { return const_cast<Entry*>(std::as_const(*this).entry(code)); }

void Options::add(std::uint8_t code, std::span<const std::byte> data)
{
    const auto offset = bytes_.size();
    // `data` may be a view into bytes_ (an option copied under another code): remember where, for the growth may move it.
    const bool own = !bytes_.empty() && std::less_equal<>{}(bytes_.data(), data.data())
        && std::less<>{}(data.data(), bytes_.data() + bytes_.size());
    const auto from = own ? static_cast<std::size_t>(data.data() - bytes_.data()) : 0;
    bytes_.resize(offset + data.size());
    std::copy_n(own ? bytes_.data() + from : data.data(), data.size(), bytes_.data() + offset);
    entries_.push_back({code, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(data.size())});
    mark(code);
}

/// Replaces `removed` bytes at `at` of an option's data, and moves what lies behind.
void Options::replace(Entry& e, std::size_t at, std::size_t removed, std::span<const std::byte> data)
{
    const std::vector<std::byte> copy(data.begin(), data.end()); // `data` may be a view into bytes_
    const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(e.offset + at);
    const auto inserted = bytes_.erase(first, first + static_cast<std::ptrdiff_t>(removed));
    bytes_.insert(inserted, copy.begin(), copy.end());
    e.length = static_cast<std::uint32_t>(e.length - removed + copy.size());
    std::uint32_t offset = 0;
    for (auto& each : entries_) {
        each.offset = offset;
        offset += each.length;
    }
}

void Options::append(std::uint8_t code, std::span<const std::byte> data)
{
    if (auto* e = entry(code)) {
        replace(*e, e->length, 0, data);
    } else {
        add(code, data);
    }
}

void Options::set(std::uint8_t code, std::span<const std::byte> data)
{
    auto* e = entry(code);
    if (e == nullptr) return add(code, data);
    if (e->length == data.size()) {
        std::copy(data.begin(), data.end(), bytes_.begin() + e->offset);
    } else {
        replace(*e, 0, e->length, data);
    }
}

void Options::set_u8(std::uint8_t code, std::uint8_t v)
{
    const std::byte octet{v};
    set(code, {&octet, 1});
}

void Options::set_u16(std::uint8_t code, std::uint16_t v)
{
    std::array<std::byte, 2> octets;
    store_u16(octets.data(), v);
    set(code, octets);
}

void Options::set_u32(std::uint8_t code, std::uint32_t v)
{
    std::array<std::byte, 4> octets;
    store_u32(octets.data(), v);
    set(code, octets);
}

void Options::set_address(std::uint8_t code, Ipv4Address v) { set_u32(code, v.value); }

void Options::set_text(std::uint8_t code, std::string_view v) { set(code, std::as_bytes(std::span{v})); }

void Options::erase(std::uint8_t code)
{
    auto* e = entry(code);
    if (e == nullptr) return;
    replace(*e, 0, e->length, {});
    entries_.erase(entries_.begin() + (e - entries_.data()));
    present_[code >> 6] &= ~(std::uint64_t{1} << (code & 63));
}

void Options::clear()
{
    present_ = {};
    entries_.clear();
    bytes_.clear();
}

std::optional<std::span<const std::byte>> Options::find(std::uint8_t code) const
{
    const auto* e = entry(code);
    if (e == nullptr) return std::nullopt;
    return std::span<const std::byte>{bytes_.data() + e->offset, e->length};
}

std::optional<std::uint8_t> Options::u8(std::uint8_t code) const
{
    const auto data = find(code);
    if (!data || data->size() != 1) return std::nullopt;
    return load_u8(data->data());
}

std::optional<std::uint16_t> Options::u16(std::uint8_t code) const
{
    const auto data = find(code);
    if (!data || data->size() != 2) return std::nullopt;
    return load_u16(data->data());
}

std::optional<std::uint32_t> Options::u32(std::uint8_t code) const
{
    const auto data = find(code);
    if (!data || data->size() != 4) return std::nullopt;
    return load_u32(data->data());
}

std::optional<Ipv4Address> Options::address(std::uint8_t code) const
{
    const auto value = u32(code);
    if (!value) return std::nullopt;
    return Ipv4Address{*value};
}

std::optional<std::string_view> Options::text(std::uint8_t code) const
{
    const auto data = find(code);
    if (!data) return std::nullopt;
    std::string_view text{reinterpret_cast<const char*>(data->data()), data->size()};
    // RFC 2132 §2: senders should not end NVT ASCII with a NUL, receivers must cope when they do.
    if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    return text;
}

bool Options::operator==(const Options& other) const
{
    return std::equal(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
                      [](const Entry& a, const Entry& b) { return a.code == b.code && a.length == b.length; })
        && bytes_ == other.bytes_;
}

} // namespace dorascope::wire
