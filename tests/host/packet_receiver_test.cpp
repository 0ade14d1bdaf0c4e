// SPDX-License-Identifier: GPL-3.0-or-later
// Both ways of getting frames, on a real packet socket.
#include "engine/host/interface.h"
#include "engine/host/packet_receiver.h"
#include "tests/host/wire_client.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {
namespace {

using host::PacketReceiver;
using host::ReceivedFrame;
using Means = PacketReceiver::Means;

class Receiver : public testing::TestWithParam<Means> {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
        client_.emplace(*cable_, std::uint8_t{1});
        open();
    }
    void open()
    {
        receiver_.reset();
        sockets_ = {};
        sockets_ = host::request_serve("srv").value();
        receiver_.emplace(sockets_.packet.get(), host::interface_to_serve("srv").value().mtu, GetParam());
        ASSERT_EQ(receiver_->means(), GetParam());
    }
    /// Each frame another transaction.
    std::vector<wire::Buffer> frames(std::uint32_t first, std::uint32_t count) const
    {
        std::vector<wire::Buffer> made;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto message = client_->discover();
            message.xid = first + i;
            made.push_back(client_->frame_of(message));
        }
        return made;
    }
    wire::Buffer large_frame(std::size_t payload) const
    {
        wire::FrameSpec spec;
        spec.destination_mac = kBroadcastMac;
        spec.destination = kBroadcastAddress;
        spec.source_port = wire::kClientPort;
        spec.destination_port = wire::kServerPort;
        wire::Buffer frame;
        wire::make_udp_frame(spec, wire::Buffer(payload, std::byte{7}), frame);
        return frame;
    }
    void put(std::span<const wire::Buffer> frames) const
    {
        cable_->on_client([&] { send_frames("cli", frames); });
    }
    /// All that has come: veth delivers before the sender's call returns.
    std::vector<wire::Buffer> take()
    {
        std::vector<wire::Buffer> taken;
        for (auto batch = receiver_->receive(); !batch.empty(); batch = receiver_->receive()) {
            for (const auto& frame : batch) {
                EXPECT_FALSE(frame.cut);
                taken.emplace_back(frame.bytes.begin(), frame.bytes.end());
            }
            receiver_->release();
        }
        return taken;
    }
    bool readable() const
    {
        pollfd ready{sockets_.packet.get(), POLLIN, 0};
        return ::poll(&ready, 1, 0) > 0;
    }
    std::uint32_t drops() const
    {
        tpacket_stats statistics{};
        socklen_t length = sizeof statistics;
        EXPECT_EQ(::getsockopt(sockets_.packet.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &length), 0);
        return statistics.tp_drops;
    }
    std::optional<Cable> cable_;
    std::optional<WireClient> client_;
    host::ServeSockets sockets_;
    std::optional<PacketReceiver> receiver_;
};

TEST_P(Receiver, GivesEveryFrameInOrderRoundAndRound)
{
    for (std::uint32_t round = 0; round < 30; ++round) {
        const auto sent = frames(round * 150, 150);
        EXPECT_FALSE(readable());
        put(sent);
        EXPECT_TRUE(readable());
        ASSERT_EQ(take(), sent) << round;
    }
    EXPECT_EQ(drops(), 0U);
}

TEST_P(Receiver, KnowsWhetherAnotherFrameWaits)
{
    EXPECT_FALSE(receiver_->has_more());
    put(frames(0, 64)); // as many as one call takes
    EXPECT_EQ(take().size(), 64U);
    EXPECT_FALSE(receiver_->has_more());
    put(frames(64, 300));
    EXPECT_FALSE(receiver_->receive().empty());
    EXPECT_TRUE(receiver_->has_more());
}

TEST_P(Receiver, ABatchThatIsNotReleasedIsNotWrittenOver)
{
    const auto first = frames(0, 3), more = frames(10, 40);
    put(first);
    const auto held = receiver_->receive();
    put(more);
    ASSERT_EQ(held.size(), 3U);
    for (std::size_t i = 0; i < held.size(); ++i)
        EXPECT_TRUE(std::ranges::equal(held[i].bytes, first[i]));
    receiver_->release();
    EXPECT_EQ(take(), more);
}

TEST_P(Receiver, TellsWhichChecksumIsStillToBeFilledIn)
{
    put(frames(1, 1));
    cable_->on_client([&] {
        Cable::ip("address add 192.168.77.2/24 dev cli");
        const host::Descriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(67);
        to.sin_addr.s_addr = htonl(Ipv4Address::parse("192.168.77.1")->value);
        const std::array<char, 300> nothing{};
        EXPECT_EQ(::sendto(socket.get(), nothing.data(), nothing.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  300);
    });
    std::vector<bool> pending;
    EXPECT_TRUE(eventually([&] {
        for (const auto& frame : receiver_->receive())
            if (frame.bytes.size() > 300) pending.push_back(frame.checksum_pending); // not the ARP before it
        receiver_->release();
        return pending.size() == 2;
    }));
    EXPECT_EQ(pending, (std::vector<bool>{false, true}));
}

TEST_P(Receiver, TakesJumboFramesWhereTheInterfaceDoes)
{
    Cable::ip("link set srv mtu 9000");
    cable_->on_client([] { Cable::ip("link set cli mtu 9000"); });
    open();
    const std::array sent{large_frame(8000)};
    put(sent);
    EXPECT_EQ(take(), std::vector(sent.begin(), sent.end()));
}

TEST_P(Receiver, MarksAFrameThatItHasNoRoomFor)
{
    Cable::ip("link set srv mtu 12000");
    cable_->on_client([] { Cable::ip("link set cli mtu 12000"); });
    const auto large = large_frame(10000), ordinary = client_->frame_of(client_->discover());
    put(std::array{large, ordinary});
    const auto batch = receiver_->receive();
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_TRUE(batch[0].cut);
    EXPECT_TRUE(std::ranges::equal(batch[0].bytes, std::span{large}.first(batch[0].bytes.size()))) << "as far as it goes";
    EXPECT_FALSE(batch[1].cut);
}

TEST_P(Receiver, DoesNotSpinWhileItsInterfaceIsDown)
{
    Cable::ip("link set srv down");
    EXPECT_TRUE(eventually([&] { return readable(); })) << "the socket has an error to tell";
    EXPECT_TRUE(receiver_->receive().empty());
    EXPECT_FALSE(readable());
    Cable::ip("link set srv up");
    const auto sent = frames(1, 1);
    EXPECT_TRUE(eventually([&] {
        put(sent); // a link that has just come up loses frames
        return !take().empty();
    }));
}

INSTANTIATE_TEST_SUITE_P(Host, Receiver, testing::Values(Means::ring, Means::calls),
                         [](const auto& row) { return row.param == Means::ring ? "ring" : "calls"; });

class FullRing : public Receiver { };
TEST_P(FullRing, LosesTheNewestCountsThemAndGoesOn)
{
    constexpr std::uint32_t kSlots = 4096;
    const auto sent = frames(0, kSlots + 100);
    put(sent);
    const auto taken = take();
    ASSERT_EQ(taken.size(), kSlots);
    EXPECT_EQ(taken.back(), sent[kSlots - 1]);
    EXPECT_EQ(drops(), 100U);
    const auto later = frames(9999, 5);
    put(later);
    EXPECT_EQ(take(), later);
}
INSTANTIATE_TEST_SUITE_P(Host, FullRing, testing::Values(Means::ring));

} // namespace
} // namespace dorascope::test
