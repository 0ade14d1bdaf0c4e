// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a Message: a list of (code, place) over one buffer, in which each stands as on the wire.
#include "engine/wire/cursor.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <span>
#include <utility>

namespace dorascope::wire {

void Options::swap(Options& other) noexcept
{
    std::swap(present_, other.present_);
    std::swap(place_, other.place_);
    entries_.swap(other.entries_);
    bytes_.swap(other.bytes_);
    std::swap(count_, other.count_);
    std::swap(used_, other.used_);
    std::swap(long_, other.long_);
}

[[gnu::noinline]] void Options::grow(std::size_t end)
{
    entries_.resize(place_.size());
    bytes_.resize(std::max(end, 2 * bytes_.size()));
}

/// Enters a code that is not there yet; gives the place for its data. Of all that a reply is made with this is called most.
[[gnu::always_inline]] inline std::byte* Options::room_for(std::uint8_t code, std::size_t length)
{
    const std::size_t end = used_ + kHead + length;
    if (end > bytes_.size()) [[unlikely]]
        grow(end);
    std::byte* const head = bytes_.data() + used_;
    store_u8(head, code);
    store_u8(head + 1, static_cast<std::uint8_t>(std::min(length, kPiece)));
    if (length > kPiece) [[unlikely]]
        ++long_;
    place_[code] = static_cast<std::uint8_t>(count_);
    present_[code >> 6] |= std::uint64_t{1} << (code & 63);
    entries_[count_++] = {static_cast<std::uint32_t>(used_ + kHead), static_cast<std::uint32_t>(length)};
    used_ = end;
    return head + kHead;
}

std::size_t Options::open(std::uint8_t code, std::size_t length)
{
    return static_cast<std::size_t>(room_for(code, length) - bytes_.data());
}

void Options::add(std::uint8_t code, std::span<const std::byte> data)
{
    // `data` may be a view into bytes_ (an option copied under another code): remember where, for the growth may move it.
    const std::byte* const before = bytes_.data();
    const bool own = std::less_equal<>{}(before, data.data()) && std::less<>{}(data.data(), before + used_);
    std::byte* const to = room_for(code, data.size());
    if (!data.empty()) std::memcpy(to, own ? bytes_.data() + (data.data() - before) : data.data(), data.size());
}

/// What lies from `from` on is moved to `to`, and everything told of it.
void Options::move_tail(std::size_t from, std::size_t to)
{
    const std::size_t end = used_ - from + to;
    if (end > bytes_.size()) grow(end);
    if (used_ > from) std::memmove(bytes_.data() + to, bytes_.data() + from, used_ - from);
    used_ = end;
    for (Entry& e : std::span{entries_}.first(count_))
        if (e.offset > from) e.offset = static_cast<std::uint32_t>(e.offset - from + to);
}

/// Replaces `removed` bytes at `at` of an option's data, and moves what lies behind.
void Options::replace(std::uint8_t code, std::size_t at, std::size_t removed, std::span<const std::byte> data)
{
    const std::vector<std::byte> copy(data.begin(), data.end()); // `data` may be a view into bytes_
    Entry& e = entry(code);
    const std::size_t first = e.offset + at;
    move_tail(first + removed, first + copy.size()); // of which `e` is no part: its offset is at most `first`
    std::copy(copy.begin(), copy.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(first));
    if (e.length > kPiece) --long_;
    e.length = static_cast<std::uint32_t>(e.length - removed + copy.size());
    if (e.length > kPiece) ++long_;
    store_u8(bytes_.data() + e.offset - 1, static_cast<std::uint8_t>(std::min<std::size_t>(e.length, kPiece)));
}

void Options::append(std::uint8_t code, std::span<const std::byte> data)
{
    if (has(code)) {
        replace(code, entry(code).length, 0, data);
    } else {
        add(code, data);
    }
}

void Options::set(std::uint8_t code, std::span<const std::byte> data)
{
    if (!has(code)) return add(code, data);
    const Entry& e = entry(code);
    if (e.length != data.size()) {
        replace(code, 0, e.length, data);
    } else if (!data.empty()) {
        std::memmove(bytes_.data() + e.offset, data.data(), data.size());
    }
}

void Options::set_u8(std::uint8_t code, std::uint8_t v)
{
    if (!has(code)) return store_u8(room_for(code, sizeof v), v);
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
    if (!has(code)) return store_u32(room_for(code, sizeof v), v);
    std::array<std::byte, 4> octets;
    store_u32(octets.data(), v);
    set(code, octets);
}

void Options::set_address(std::uint8_t code, Ipv4Address v) { set_u32(code, v.value); }

void Options::set_text(std::uint8_t code, std::string_view v) { set(code, std::as_bytes(std::span{v})); }

void Options::erase(std::uint8_t code)
{
    if (!has(code)) return;
    const std::size_t place = place_[code];
    const Entry e = entries_[place];
    --count_;
    for (std::size_t i = place; i < count_; ++i) {
        entries_[i] = entries_[i + 1];
        place_[code_of(entries_[i])] = static_cast<std::uint8_t>(i);
    }
    present_[code >> 6] &= ~(std::uint64_t{1} << (code & 63));
    if (e.length > kPiece) --long_;
    move_tail(std::size_t{e.offset} + e.length, e.offset - kHead);
}

void Options::clear()
{
    present_ = {};
    count_ = used_ = long_ = 0;
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
    const auto length = [](const Entry& e) { return e.length; };
    const auto lengths = [this](const Options& o) { return std::span{o.entries_}.first(count_); };
    return count_ == other.count_ && used_ == other.used_
        && std::ranges::equal(lengths(*this), lengths(other), {}, length, length)
        && std::equal(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_), other.bytes_.begin()); // codes too
}

} // namespace dorascope::wire
