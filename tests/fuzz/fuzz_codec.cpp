// SPDX-License-Identifier: GPL-3.0-or-later
// The codec against any octets: nothing crashes, what is read can be written and reads the same, and a dissection loses no octet.
#include "engine/wire/dissection.h"
#include "engine/wire/framing.h"
#include "engine/wire/icmp.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace {

using namespace dorascope::wire;
using Payload = std::span<const std::byte>;

void require(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

void check_message(Payload payload)
{
    static Message reused; // as the server does
    const bool read = parse_into(payload, reused).has_value();
    const auto message = parse(payload);
    require(message.has_value() == read, "a reused message reads as a new one");
    require(!read || *message == reused, "and holds the same");
    if (!read) {
        require(message.error().offset <= payload.size(), "errors lie within the payload");
        return;
    }
    static Buffer out;
    EmitRules roomy;
    roomy.max_payload = 200000;
    require(emit(*message, roomy, out).left_out.empty(), "with room nothing is left out");
    const auto again = parse(out);
    require(again.has_value(), "what is written can be read");
    // Option 82 moves to the end, the others stay in order.
    require(again->options.size() == message->options.size(), "no option is lost");
    for (std::size_t i = 0; i < message->options.size(); ++i) {
        const auto each = message->options.at(i);
        const auto found = again->options.find(each.code);
        require(found && std::equal(found->begin(), found->end(), each.data.begin(), each.data.end()), "options come back");
    }
    const auto crowded = emit(*message, {}, out);
    require(out.size() <= kDefaultMaxMessage - 28 && out.size() >= kBootpMinimum, "the ceiling and the floor hold");
    const auto small = parse(out);
    require(small && small->options.size() + crowded.left_out.size() == message->options.size(), "what is left out is said");
}

void check_dissection(Payload payload)
{
    const auto dissection = dissect(payload);
    std::size_t at = 0;
    for (std::size_t i = 0; i < dissection.fields.size(); ++i) {
        const auto& field = dissection.fields[i];
        require(field.offset == at, "fields follow each other");
        const bool leaf = i + 1 == dissection.fields.size() || dissection.fields[i + 1].depth <= field.depth;
        if (leaf) at += field.length;
    }
    require(at == payload.size(), "every octet belongs to a leaf");
    for (const auto& anomaly : dissection.anomalies)
        require(anomaly.offset + anomaly.length <= payload.size(), "anomalies lie within");
}

void check_option(std::uint8_t code, Payload data)
{
    (void)option_text(code, data);
    const auto value = decode_option(code, data);
    if (!value) return;
    std::vector<std::byte> out;
    require(encode_option(code, *value, out).has_value(), "a value that was read can be written");
    require(decode_option(code, out) == value, "and reads the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const auto bytes = std::as_bytes(std::span{data, size});
    // The first octet chooses: a payload, or an option of that code.
    const auto code = data[0];
    const auto rest = bytes.subspan(1);
    if (code != 0) check_option(code, rest);
    check_message(rest);
    check_dissection(rest);
    (void)parse_ethernet(rest);
    (void)parse_ipv4_udp(rest);
    (void)parse_arp(rest);
    (void)parse_ipv4_echo(rest);
    return 0;
}
