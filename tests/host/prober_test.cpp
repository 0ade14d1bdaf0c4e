// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about addresses: what goes out, what counts as an answer, and what does not.
#include "engine/host/prober.h"
#include "engine/wire/cursor.h"
#include "engine/wire/framing.h"
#include "engine/wire/icmp.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {
namespace {

using host::Prober;
using server::ProbeRequest;
using Method = ProbeRequest::Method;
using Type = wire::EchoView::Type;

constexpr MacAddress kOurs{{0x02, 0, 0, 0, 0, 1}}, kHost{{0x02, 0, 0, 0, 0, 0x50}};
constexpr Instant kNow{1000s};

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
ProbeRequest question(const char* about, Method method = Method::arp)
{
    return {method, 2, address(about), address("192.168.77.1")};
}

wire::Buffer arp(std::uint16_t operation, MacAddress by, const char* sender, const char* target = "0.0.0.0")
{
    wire::Buffer frame;
    wire::make_arp_frame({operation, by, {}, address(sender), address(target)}, kBroadcastMac, frame);
    frame.resize(60); // as Ethernet pads it
    return frame;
}

wire::Buffer frame_of(const wire::EchoView& echo)
{
    wire::Buffer packet, frame(12);
    wire::make_ipv4_echo(echo, packet);
    wire::put_u16(frame, wire::kEtherIpv4);
    wire::put_bytes(frame, packet);
    return frame;
}

/// As the frames of the packet socket get there.
std::optional<Prober::Answer> read(Prober& prober, const wire::Buffer& frame, Instant now = kNow)
{
    const auto ethernet = wire::parse_ethernet(frame);
    if (!ethernet) return std::nullopt;
    return prober.read(now, *ethernet, std::span{frame}.subspan(ethernet->payload_offset));
}

/// Listens only: its questions go nowhere.
class Listener : public testing::Test {
protected:
    void ask(const ProbeRequest& about, Instant now = kNow)
    {
        const auto result = prober_.ask(now, {&about, 1});
        EXPECT_EQ(result.failed, 1U);
        EXPECT_EQ(result.error, EBADF);
    }
    bool hears(const wire::Buffer& frame, Instant now = kNow) { return read(prober_, frame, now).has_value(); }
    host::ServeSockets none_;
    Prober prober_{none_, 2, kOurs};
};

TEST_F(Listener, Rfc5227_2_1_1_AnyArpWhoseSenderIsTheAddressIsAConflict)
{
    ask(question("192.168.77.100"));
    for (const std::uint16_t operation : {std::uint16_t{1}, std::uint16_t{2}}) {
        const auto answer = read(prober_, arp(operation, kHost, "192.168.77.100", "192.168.77.1"));
        ASSERT_TRUE(answer) << operation;
        EXPECT_EQ(answer->address, address("192.168.77.100"));
        EXPECT_EQ(answer->by, kHost) << "the server tells the client that asks from others by it";
    }
    EXPECT_TRUE(hears(arp(1, kHost, "192.168.77.100", "192.168.77.100"))) << "an announcement";
}

TEST_F(Listener, ArpAboutOtherAddressesIsNoAnswer)
{
    EXPECT_FALSE(hears(arp(2, kHost, "192.168.77.100"))) << "nothing was asked";
    ask(question("192.168.77.100"));
    EXPECT_FALSE(hears(arp(2, kHost, "192.168.77.101", "192.168.77.100")));
    EXPECT_FALSE(hears(arp(1, kHost, "192.168.77.101", "192.168.77.101"))) << "an announcement";
    EXPECT_FALSE(hears(arp(1, kHost, "0.0.0.0", "192.168.77.100"))) << "somebody else's probe";
}

/// RFC 826: a station speaks for itself.
TEST_F(Listener, Rfc5227_2_1_1_AnArpInTheNameOfAnotherLinkAddressIsForged)
{
    ask(question("192.168.77.100"));
    auto frame = arp(2, kHost, "192.168.77.100");
    EXPECT_FALSE(read(prober_, frame).value().forged);
    frame[11] ^= std::byte{1}; // the frame's source
    const auto answer = read(prober_, frame);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->forged);
    EXPECT_EQ(answer->by, kHost) << "in whose name";
}

TEST_F(Listener, OurOwnQuestionsAndGarbageAreNoAnswer)
{
    ask(question("192.168.77.100"));
    EXPECT_FALSE(hears(arp(2, kOurs, "192.168.77.100"))) << "mirrored, or from an address of this machine";
    EXPECT_FALSE(hears(arp(2, {}, "192.168.77.100"))) << "nobody has this link address";
    EXPECT_FALSE(hears(arp(2, kBroadcastMac, "192.168.77.100")));
    EXPECT_FALSE(hears(arp(3, kHost, "192.168.77.100"))) << "RARP";
    const auto good = arp(2, kHost, "192.168.77.100");
    ASSERT_TRUE(hears(good));
    for (std::size_t length = 0; length < 42; ++length)
        EXPECT_FALSE(hears({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)})) << length;
    for (const std::size_t at : {12, 13, 14, 15, 16, 17, 18, 19, 20, 21}) { // type, hardware, protocol, lengths, operation
        auto other = good;
        other[at] ^= std::byte{0x40};
        EXPECT_FALSE(hears(other)) << at;
    }
}

TEST_F(Listener, ArpDoesNotAnswerForAnAddressBehindARelay)
{
    ask(question("10.99.0.7", Method::icmp_echo));
    EXPECT_FALSE(hears(arp(2, kHost, "10.99.0.7"))) << "of this link, where the address has no business";
}

TEST_F(Listener, ForgetsAQuestionAfterAWhileAndARepeatedOneLater)
{
    ask(question("192.168.77.100"));
    ask(question("192.168.77.101"));
    ask(question("192.168.77.100"), kNow + 10s);
    EXPECT_TRUE(hears(arp(2, kHost, "192.168.77.101"), kNow + Prober::kAnswerTime - 1ns));
    EXPECT_FALSE(hears(arp(2, kHost, "192.168.77.101"), kNow + Prober::kAnswerTime));
    EXPECT_TRUE(hears(arp(2, kHost, "192.168.77.100"), kNow + Prober::kAnswerTime)) << "asked again";
    EXPECT_FALSE(hears(arp(2, kHost, "192.168.77.100"), kNow + 10s + Prober::kAnswerTime));
    EXPECT_EQ(prober_.asked(), 0U);
}

TEST_F(Listener, KeepsABoundedNumberOfQuestions)
{
    for (std::uint32_t i = 0; i < Prober::kMostAsked + 10; ++i)
        ask({Method::arp, 2, address("10.0.0.0") + i, address("192.168.77.1")});
    EXPECT_EQ(prober_.asked(), Prober::kMostAsked);
    EXPECT_FALSE(hears(arp(2, kHost, "10.0.0.9"))) << "given up";
    EXPECT_TRUE(hears(arp(2, kHost, "10.0.0.10")));
    for (std::uint32_t i = 0; i < Prober::kMostAsked + 10; ++i)
        ask(question("192.168.77.100"), kNow + Duration{i}); // one address, as often as one likes
    EXPECT_EQ(prober_.asked(), 1U);
}

/// With netd's sockets on a real wire.
class Field : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
        // The client's machine: 192.168.77.50 on the link, and a router to 10.99.0.7, which it has itself.
        cable_->on_client([this] {
            Cable::ip("address add 192.168.77.50/24 dev cli");
            Cable::ip("address add 10.99.0.7/32 dev lo");
            tap_ = host::Descriptor{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL))};
        });
        Cable::ip("route add 10.99.0.0/24 via 192.168.77.50");
        auto sockets = host::request_serve("srv");
        ASSERT_TRUE(sockets) << sockets.error().text();
        sockets_ = std::move(*sockets);
        prober_.emplace(sockets_, interface_index("srv"), cable_->server_mac());
    }
    void ask(const ProbeRequest& about)
    {
        const auto result = prober_->ask(kNow, {&about, 1});
        EXPECT_EQ(result.sent, 1U) << std::strerror(result.error);
    }
    /// The first answer that the packet socket brings.
    std::optional<Prober::Answer> answer()
    {
        return read_until(sockets_.packet.get(), [](const auto& a) { return a.has_value(); });
    }
    /// The first frame at the client's machine of which `is_it` is true.
    wire::Buffer seen_by_client(const std::function<bool(const wire::Buffer&)>& is_it) const
    {
        for (;;) {
            auto frame = next_frame(tap_.get());
            if (frame.empty() || is_it(frame)) return frame;
        }
    }
    /// What the prober makes of frames that the client's machine sends, the last of them an announcement of `sentinel`.
    std::vector<Prober::Answer> told_by(const std::vector<wire::Buffer>& frames)
    {
        std::vector<Prober::Answer> all;
        ask(question("192.168.77.99"));
        cable_->on_client([&] {
            send_frames("cli", frames);
            send_frame("cli", arp(1, kHost, "192.168.77.99"));
        });
        read_until(sockets_.packet.get(), [&](const std::optional<Prober::Answer>& a) {
            if (a) all.push_back(*a);
            return a && a->address == address("192.168.77.99");
        });
        if (!all.empty()) all.pop_back();
        return all;
    }
    std::optional<Cable> cable_;
    host::ServeSockets sockets_;
    host::Descriptor tap_;
    std::optional<Prober> prober_;

private:
    static wire::Buffer next_frame(int socket)
    {
        pollfd ready{socket, POLLIN, 0};
        if (::poll(&ready, 1, 60000) <= 0) {
            ADD_FAILURE() << "nothing came";
            return {};
        }
        wire::Buffer frame(2048);
        frame.resize(static_cast<std::size_t>(std::max<ssize_t>(::recv(socket, frame.data(), frame.size(), 0), 0)));
        return frame;
    }
    std::optional<Prober::Answer> read_until(int socket, const std::function<bool(const std::optional<Prober::Answer>&)>& done)
    {
        for (;;) {
            const auto frame = next_frame(socket);
            if (frame.empty()) return std::nullopt;
            const auto answer = read(*prober_, frame);
            if (done(answer)) return answer;
        }
    }
};

TEST_F(Field, Rfc5227_2_1_1_TheProbeHasNoSenderAddressAndTheHostAnswersIt)
{
    ask(question("192.168.77.50"));
    const auto probe = seen_by_client([](const wire::Buffer& frame) {
        const auto ethernet = wire::parse_ethernet(frame);
        return ethernet && ethernet->ether_type == wire::kEtherArp;
    });
    const auto ethernet = wire::parse_ethernet(probe);
    const auto arp = wire::parse_arp(std::span{probe}.subspan(ethernet->payload_offset));
    ASSERT_TRUE(arp);
    EXPECT_EQ(ethernet->destination, kBroadcastMac);
    EXPECT_EQ(ethernet->source, cable_->server_mac());
    EXPECT_EQ(arp->operation, 1);
    EXPECT_EQ(arp->sender, kAnyAddress) << "or the neighbours would believe that we have it";
    EXPECT_EQ(arp->sender_mac, cable_->server_mac());
    EXPECT_EQ(arp->target, address("192.168.77.50"));
    EXPECT_TRUE(arp->target_mac.is_zero());

    const auto heard = answer();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->address, address("192.168.77.50"));
    EXPECT_EQ(heard->by, cable_->client_mac());
}

TEST_F(Field, Rfc2131_2_2_AHostBehindARouterAnswersTheEcho)
{
    ask(question("10.99.0.7", Method::icmp_echo));
    const auto heard = answer();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->address, address("10.99.0.7"));
    EXPECT_TRUE(heard->by.is_zero()) << "the frame's sender is the router";
}

TEST_F(Field, AnEchoReplyToAnotherQuestionIsNoAnswer)
{
    ask(question("10.99.0.8", Method::icmp_echo)); // nobody
    wire::EchoView asked;
    seen_by_client([&](const wire::Buffer& frame) {
        const auto echo = wire::parse_ipv4_echo(std::span{frame}.subspan(std::min<std::size_t>(frame.size(), 14)));
        if (echo) asked = *echo;
        return echo && echo->destination == address("10.99.0.8");
    });
    EXPECT_EQ(asked.source, address("192.168.77.1"));
    EXPECT_EQ(asked.identifier, sockets_.echo_identifier);
    const wire::EchoView good{Type::reply, asked.destination, asked.source, asked.identifier, asked.sequence};

    const auto but = [&](auto change) {
        auto changed = good;
        change(changed);
        return frame_of(changed);
    };
    auto damaged = frame_of(good);
    damaged.back() ^= std::byte{1};
    const auto none = told_by({
        but([](auto& e) { e.type = Type::request; }),
        but([](auto& e) { e.identifier ^= 1; }),
        but([](auto& e) { e.sequence ^= 1; }),
        but([](auto& e) { e.source = address("10.99.0.9"); }),
        but([](auto& e) { e.destination = address("192.168.77.2"); }),
        arp(2, kHost, "10.99.0.8"),
        damaged,
    });
    EXPECT_TRUE(none.empty()) << none.front().address.to_string();
    EXPECT_EQ(told_by({frame_of(good)}).size(), 1U);
}

TEST_F(Field, WhatCannotBeSentIsCounted)
{
    Cable::ip("link set srv down");
    for (const auto& about : {question("192.168.77.50"), question("10.99.0.7", Method::icmp_echo)}) {
        const auto result = prober_->ask(kNow, {&about, 1});
        EXPECT_EQ(result.failed, 1U);
        EXPECT_NE(result.error, 0);
    }
}

} // namespace
} // namespace dorascope::test
