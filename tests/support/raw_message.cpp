// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/raw_message.h"

#include <stdexcept>
#include <string>

namespace dorascope::test {

Bytes hex(std::string_view text)
{
    Bytes bytes;
    std::string digits;
    for (const char c : text) {
        if (c != ' ' && c != '\n') digits += c;
    }
    if (digits.size() % 2 != 0) throw std::invalid_argument{"odd number of hexadecimal digits"};
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        std::size_t used = 0;
        bytes.push_back(static_cast<std::byte>(std::stoul(digits.substr(i, 2), &used, 16)));
        if (used != 2) throw std::invalid_argument{"not hexadecimal"};
    }
    return bytes;
}

Bytes text(std::string_view characters)
{
    const auto bytes = std::as_bytes(std::span{characters});
    return {bytes.begin(), bytes.end()};
}

RawMessage::RawMessage() : bytes_(240)
{
    octet(0, 1).octet(1, 1).octet(2, 6).word(4, 0x3903f326);
    octet(28, 2).octet(33, 1);
    word(236, 0x63825363);
}

RawMessage& RawMessage::octet(std::size_t offset, std::uint8_t value)
{
    bytes_.at(offset) = std::byte{value};
    return *this;
}

RawMessage& RawMessage::word(std::size_t offset, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i)
        octet(offset + i, static_cast<std::uint8_t>(value >> (24 - 8 * i)));
    return *this;
}

void RawMessage::put(std::uint8_t octet)
{
    if (limit_ == 0) {
        bytes_.push_back(std::byte{octet});
    } else if (at_ < limit_) {
        bytes_[at_++] = std::byte{octet};
    } else {
        throw std::out_of_range{"the field is full"};
    }
}

RawMessage& RawMessage::option(std::uint8_t code, std::initializer_list<std::uint8_t> data)
{
    put(code);
    put(static_cast<std::uint8_t>(data.size()));
    for (const auto each : data)
        put(each);
    return *this;
}

RawMessage& RawMessage::option(std::uint8_t code, const Bytes& data)
{
    if (data.size() > 255) throw std::length_error{"an option holds 255 octets"};
    put(code);
    put(static_cast<std::uint8_t>(data.size()));
    for (const auto each : data)
        put(std::to_integer<std::uint8_t>(each));
    return *this;
}

RawMessage& RawMessage::raw(std::initializer_list<std::uint8_t> octets)
{
    for (const auto each : octets)
        put(each);
    return *this;
}

RawMessage& RawMessage::pad_to(std::size_t size)
{
    if (bytes_.size() < size) bytes_.resize(size);
    return *this;
}

RawMessage& RawMessage::in(std::size_t begin, std::size_t end)
{
    at_ = begin;
    limit_ = end;
    return *this;
}

} // namespace dorascope::test
