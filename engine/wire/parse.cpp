// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to Message (RFC 2131 §2, RFC 3396).
#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace dorascope::wire {

namespace {

using Payload = std::span<const std::byte>;
using Verdict = tl::expected<void, ParseError>;

Verdict fail(ParseCode code, std::size_t offset, std::uint8_t option = 0)
{
    return tl::unexpected{ParseError{code, offset, option}};
}

/// Calls visit(code, offset of the code octet, data) for each option of one area, up to END or the area's end. Each turn moves on by at
/// least one octet; an option that reaches past the area ends the walk with an error.
template <class Visit> Verdict walk_area(Payload payload, std::size_t begin, std::size_t end, Visit visit)
{
    for (std::size_t i = begin; i < end;) {
        const auto code = load_u8(payload.data() + i);
        if (code == option::pad) {
            ++i;
            continue;
        }
        if (code == option::end) break;
        if (end - i < 2) return fail(ParseCode::option_overruns, i, code);
        const std::size_t length = load_u8(payload.data() + i + 1);
        if (end - i - 2 < length) return fail(ParseCode::option_overruns, i, code);
        if (Verdict verdict = visit(code, i, payload.subspan(i + 2, length)); !verdict) return verdict;
        i += 2 + length;
    }
    return {};
}

/// The value of option 52, read while the options field is walked.
class Overload {
public:
    Verdict read(std::size_t offset, Payload data)
    {
        // Twice, in an overloaded field, or another value than 1, 2, 3: two readers would disagree on what the options are.
        const bool valid = value_ == 0 && data.size() == 1 && load_u8(data.data()) >= 1 && load_u8(data.data()) <= 3;
        if (!valid) return fail(ParseCode::bad_overload, offset, option::overload);
        value_ = load_u8(data.data());
        return {};
    }
    bool file() const { return (value_ & layout::overload_file) != 0; }
    bool sname() const { return (value_ & layout::overload_sname) != 0; }

private:
    std::uint8_t value_ = 0;
};

/// Walks the areas in the order in which RFC 3396 §5 joins them: options, file, sname.
template <class Visit> Verdict walk(Payload payload, Overload& overload, Visit visit)
{
    const auto with_overload = [&](std::uint8_t code, std::size_t offset, Payload data) -> Verdict {
        if (code == option::overload) return overload.read(offset, data);
        visit(code, data);
        return {};
    };
    const auto without = [&](std::uint8_t code, std::size_t offset, Payload data) -> Verdict {
        if (code == option::overload) return fail(ParseCode::bad_overload, offset, code);
        visit(code, data);
        return {};
    };
    Verdict verdict = walk_area(payload, layout::options, payload.size(), with_overload);
    if (verdict && overload.file()) verdict = walk_area(payload, layout::file, layout::file + layout::file_size, without);
    if (verdict && overload.sname()) verdict = walk_area(payload, layout::sname, layout::sname + layout::sname_size, without);
    return verdict;
}

/// Up to the first NUL, or the whole field; into an empty text.
void read_text(Payload field, std::string& text)
{
    if (field.front() == std::byte{0}) return; // as most are
    const auto* begin = reinterpret_cast<const char*>(field.data());
    const auto* nul = static_cast<const char*>(std::memchr(begin, 0, field.size()));
    text.assign(begin, nul == nullptr ? field.size() : static_cast<std::size_t>(nul - begin));
}

void read_header(const std::byte* p, Message& message)
{
    message.op = load_u8(p + layout::op);
    message.htype = load_u8(p + layout::htype);
    message.hlen = load_u8(p + layout::hlen);
    message.hops = load_u8(p + layout::hops);
    message.xid = load_u32(p + layout::xid);
    message.secs = load_u16(p + layout::secs);
    message.flags = load_u16(p + layout::flags);
    message.ciaddr = {load_u32(p + layout::ciaddr)};
    message.yiaddr = {load_u32(p + layout::yiaddr)};
    message.siaddr = {load_u32(p + layout::siaddr)};
    message.giaddr = {load_u32(p + layout::giaddr)};
    std::memcpy(message.chaddr.data(), p + layout::chaddr, layout::chaddr_size);
}

} // namespace

/// Puts options with repeated codes together in time proportional to the payload, whatever its order: first the length of each code,
/// then every piece to its place. Appending piece by piece would move the same bytes again and again.
class OptionJoiner {
public:
    explicit OptionJoiner(Options& options) : options_{options} { options_.clear(); }
    void measure(std::uint8_t code, Payload data) { lengths_[code] += data.size(); }
    /// In the order in which the codes were seen first.
    void place(std::uint8_t code, Payload data)
    {
        if (!options_.has(code)) next_[code] = options_.open(code, lengths_[code]);
        std::copy(data.begin(), data.end(), options_.bytes_.data() + next_[code]);
        next_[code] += data.size();
    }

private:
    Options& options_;
    std::array<std::size_t, 256> lengths_{};
    std::array<std::size_t, 256> next_{}; ///< where in the buffer a code's next piece goes
};

std::string_view to_string(ParseCode code)
{
    static constexpr std::array<std::string_view, 6> kNames{"too_short", "bad_cookie",      "bad_op",
                                                            "bad_hlen",  "option_overruns", "bad_overload"};
    const auto i = static_cast<std::size_t>(code);
    return i < kNames.size() ? kNames[i] : "unknown";
}

tl::expected<void, ParseError> parse_into(std::span<const std::byte> payload, Message& message)
{
    if (payload.size() < layout::options) return fail(ParseCode::too_short, payload.size());
    read_header(payload.data(), message);
    if (message.op != 1 && message.op != 2) return fail(ParseCode::bad_op, layout::op);
    if (message.hlen > layout::chaddr_size) {
        message.hlen = layout::chaddr_size;
        return fail(ParseCode::bad_hlen, layout::hlen);
    }
    if (load_u32(payload.data() + layout::cookie) != layout::magic_cookie) return fail(ParseCode::bad_cookie, layout::cookie);

    message.options.clear();
    bool repeated = false;
    Overload overload;
    auto verdict = walk(payload, overload, [&](std::uint8_t code, Payload data) {
        if (message.options.has(code)) {
            repeated = true;
        } else {
            message.options.append(code, data);
        }
    });
    if (!verdict) return verdict;
    if (repeated) {
        OptionJoiner joiner{message.options};
        Overload again;
        verdict = walk(payload, again, [&](std::uint8_t code, Payload data) { joiner.measure(code, data); });
        again = {};
        verdict = walk(payload, again, [&](std::uint8_t code, Payload data) { joiner.place(code, data); });
    }

    message.sname.clear();
    message.file.clear();
    if (!overload.sname()) read_text(payload.subspan(layout::sname, layout::sname_size), message.sname);
    if (!overload.file()) read_text(payload.subspan(layout::file, layout::file_size), message.file);
    return verdict;
}

tl::expected<Message, ParseError> parse(std::span<const std::byte> payload)
{
    tl::expected<Message, ParseError> message{tl::in_place};
    if (const auto verdict = parse_into(payload, *message); !verdict) return tl::unexpected{verdict.error()};
    return message;
}

} // namespace dorascope::wire
