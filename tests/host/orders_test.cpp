// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders of a running server, through its control socket, with clients on the wire.
#include "engine/host/control_client.h"
#include "engine/host/control_orders.h"
#include "tests/host/full_disk.h"
#include "tests/host/wire_client.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using namespace host;
using nlohmann::json;
using testing::HasSubstr;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
HardwareAddress hardware(std::uint8_t number) { return HardwareAddress::of(MacAddress{{0x02, 0, 0, 0, 1, number}}); }

server::Config config(const char* pool = "192.168.77.100-192.168.77.103")
{
    server::Config made;
    auto& subnet = made.subnets.emplace_back();
    subnet.prefix = Ipv4Prefix::parse("192.168.77.0/24").value();
    subnet.pools = {Ipv4Range::parse(pool).value()};
    return made;
}

/// A server with everything that takes orders, as `serve` and the window put it together.
class Commanded {
public:
    Commanded(const fs::path& state, const fs::path& file = {}, server::Config with = config())
        : path_{control_path(state, "srv")}, host_{open(state, with)}, orders_{take(ServerOrders::open(*host_, std::move(with)))},
          reload_{*orders_, file}, control_{take(ControlServer::open(path_, answer_orders({*orders_, reload_, state, {}})))},
          thread_{[this] {
              ended_ = host_->run();
              orders_->close();
              over_ = true;
          }}
    { }
    ~Commanded()
    {
        host_->stop();
        thread_.join();
    }
    ControlResult ask(const ControlRequest& request, std::vector<json>* lines = nullptr) const
    {
        const auto result = ask_server(path_, request, [&](std::string_view line) {
            if (lines) lines->push_back(json::parse(line));
        });
        return result ? *result : refused(result.error());
    }
    ControlResult ask(Order order, const char* about = nullptr) const
    {
        ControlRequest request;
        request.order = order;
        if (about) request.address = address(about);
        return ask(request);
    }
    ControlResult reserve(const char* about, const HardwareAddress& client) const
    {
        ControlRequest request;
        request.order = Order::reserve;
        request.address = address(about);
        request.hardware = client;
        return ask(request);
    }
    std::vector<json> list(const std::string& kind) const
    {
        ControlRequest request;
        request.order = Order::list;
        std::vector<json> lines;
        const auto result = ask(request, &lines);
        EXPECT_TRUE(result.ok) << result.error.text();
        std::erase_if(lines, [&](const json& line) { return line["kind"] != kind; });
        return lines;
    }
    std::string state_of(const Ipv4Address& about) const
    {
        for (const auto& lease : list("lease"))
            if (lease["address"] == about.to_string()) return lease["state"];
        return "none";
    }
    const fs::path& socket() const { return path_; }
    ServerHost& host() { return *host_; }
    ServerOrders& orders() const { return *orders_; }
    bool over() const { return over_; }

private:
    template <typename T> static T take(tl::expected<T, HostError> made)
    {
        if (!made) throw std::runtime_error{made.error().text()};
        return std::move(*made);
    }
    static std::optional<ServerHost> open(const fs::path& state, server::Config with)
    {
        return std::optional<ServerHost>{take(ServerHost::open({"srv", std::move(with), state}))};
    }
    fs::path path_;
    std::optional<ServerHost> host_;
    std::unique_ptr<ServerOrders> orders_;
    ConfigReload reload_;
    tl::expected<void, HostError> ended_;
    std::atomic<bool> over_{false};
    ControlServer control_;
    std::thread thread_;
};

class Orders : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    Ipv4Address dora(std::uint8_t number) const
    {
        const auto ack = WireClient{*cable_, number}.dora();
        return ack ? ack->message.yiaddr : kAnyAddress;
    }
    /// The client found its address in use by another (RFC 2131 §4.4.4).
    void decline(std::uint8_t number, Ipv4Address about) const
    {
        const WireClient client{*cable_, number};
        auto message = client.init_reboot(about);
        message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::decline));
        message.options.set_address(wire::option::server_identifier, address("192.168.77.1"));
        client.broadcast(message);
    }
    /// What a crash at this moment would leave.
    server::LeaseTable stored() const
    {
        const auto crashed = folder_ / "crashed";
        fs::remove_all(crashed);
        fs::create_directory(crashed);
        for (const char* suffix : {"", "-wal"})
            fs::copy_file(folder_ / (std::string{"leases-srv.sqlite"} + suffix),
                          crashed / (std::string{"leases-srv.sqlite"} + suffix));
        return LeaseStore::open(crashed / "leases-srv.sqlite").value().load().value();
    }
    TemporaryFolder folder_;
    std::optional<Cable> cable_;
};

TEST_F(Orders, StatusSaysHowItStands)
{
    const Commanded server{folder_.path()};
    dora(1);
    ControlRequest request;
    std::vector<json> lines;
    EXPECT_TRUE(server.ask(request, &lines).ok);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["interface"], "srv");
    EXPECT_EQ(lines[0]["server"], "192.168.77.1");
    EXPECT_EQ(lines[0]["pid"], ::getpid());
    EXPECT_EQ(lines[0]["leases"], 1);
    EXPECT_EQ(lines[0]["commits"], 1);
    EXPECT_TRUE(lines[0]["config"].is_null());
}

TEST_F(Orders, ListCountsWhatNeverReachedTheServer)
{
    const Commanded server{folder_.path()};
    const WireClient client{*cable_, 9};
    client.put(client.frame_of(client.discover(), address("192.168.77.9"))); // another machine's
    dora(1); // the wire keeps its order
    const auto counts = server.list("count");
    EXPECT_TRUE(std::ranges::any_of(counts, [](const json& c) { return c["reason"] == "not_for_us" && c["times"] == 1; }))
        << json(counts).dump();
}

TEST_F(Orders, ListHasLeasesPoolsAndCountsByReason)
{
    const Commanded server{folder_.path()};
    const auto a = dora(1);
    const WireClient stranger{*cable_, 9};
    stranger.broadcast(stranger.init_reboot(address("192.168.77.50"))); // unknown: no answer (RFC 2131 §4.3.2)
    EXPECT_TRUE(eventually([&] {
        const auto counts = server.list("count");
        return std::ranges::any_of(counts,
                                   [](const json& c) { return c["reason"] == "silent_unknown_client" && c["times"] == 1; });
    }));
    const auto leases = server.list("lease");
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_EQ(leases[0]["address"], a.to_string());
    EXPECT_EQ(leases[0]["state"], "bound");
    EXPECT_EQ(leases[0]["chaddr"], "02:00:00:00:01:01");
    const auto pools = server.list("pool");
    ASSERT_EQ(pools.size(), 1U);
    EXPECT_EQ(pools[0]["size"], 4);
    EXPECT_EQ(pools[0]["bound"], 1);
}

/// What a server has in force is the file it could have been started with, whoever ordered it and however it was started.
TEST_F(Orders, ConfigIsTheFileThatIsInForce)
{
    auto with = config();
    with.subnets[0].reservations.push_back({address("192.168.77.60"), hardware(6)});
    with.subnets[0].reservations[0].options.domain_name = "example.org";
    auto expected = with;
    const auto in_force = [](const Commanded& server, std::vector<std::string>* warnings = nullptr) {
        ControlRequest request;
        request.order = Order::config;
        std::string toml;
        const auto result =
            ask_server(server.socket(), request, [&](std::string_view line) { toml += parse_config_line(line).value_or("?"); });
        EXPECT_TRUE(result && result->ok);
        if (warnings) *warnings = result->warnings;
        return parse_config(toml);
    };
    {
        const Commanded server{folder_.path(), {}, with};
        EXPECT_EQ(in_force(server), expected);
        EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
        expected.subnets[0].reservations.push_back({address("192.168.77.50"), hardware(5)});
        EXPECT_EQ(in_force(server), expected);
    }
    // Served from that file, beside the same lease file, nothing is missed and nothing is there twice.
    const Commanded server{folder_.path(), {}, expected};
    EXPECT_THAT(server.orders().notices(), testing::IsEmpty());
    std::vector<std::string> warnings{"?"};
    EXPECT_EQ(in_force(server, &warnings), expected);
    EXPECT_THAT(warnings, testing::IsEmpty());
    EXPECT_THAT(server.ask(Order::unreserve, "192.168.77.50").said, HasSubstr("by the configuration alone"));
    EXPECT_EQ(dora(5), address("192.168.77.50"));
}

TEST_F(Orders, AReservationThatIsLeftOutIsMissingInTheConfigAndSaid)
{
    {
        const Commanded server{folder_.path()};
        EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
    }
    auto other = config();
    other.subnets[0].reservations.push_back({address("192.168.77.50"), hardware(6)});
    const Commanded server{folder_.path(), {}, other};
    EXPECT_THAT(server.orders().notices(), testing::ElementsAre(HasSubstr("192.168.77.50 for 02:00:00:00:01:05 is left out")));
    EXPECT_THAT(server.ask(Order::config).warnings, testing::ElementsAre(HasSubstr("192.168.77.50")));
}

TEST_F(Orders, ReleaseFreesTheAddressAndIsStored)
{
    const Commanded server{folder_.path()};
    const auto a = dora(1);
    const auto result = server.ask(Order::release, a.to_string().c_str());
    EXPECT_TRUE(result.ok) << result.error.text();
    EXPECT_THAT(result.said, HasSubstr("02:00:00:00:01:01"));
    EXPECT_EQ(server.state_of(a), "released");
    const auto table = stored();
    ASSERT_EQ(table.size(), 1U);
    EXPECT_EQ(table[0].state, server::LeaseState::released);
    EXPECT_THAT(server.ask(Order::release, a.to_string().c_str()).error.text(), HasSubstr("leased to nobody: it is released"));
}

TEST_F(Orders, DeleteForgetsTheAddressOnDiskToo)
{
    const Commanded server{folder_.path()};
    const auto a = dora(1);
    EXPECT_TRUE(server.ask(Order::erase, a.to_string().c_str()).ok);
    EXPECT_EQ(server.state_of(a), "none");
    EXPECT_TRUE(stored().empty());
    EXPECT_THAT(server.ask(Order::erase, a.to_string().c_str()).error.text(), HasSubstr("never leased here"));
    EXPECT_EQ(server.ask(Order::erase, "10.9.9.9").error.kind, HostError::Kind::system) << "the kind does not travel";
}

TEST_F(Orders, QuarantineIsClearedByHand)
{
    const Commanded server{folder_.path(), {}, config("192.168.77.100-192.168.77.100")};
    const auto a = dora(1);
    ASSERT_EQ(a, address("192.168.77.100"));
    EXPECT_THAT(server.ask(Order::clear_quarantine, "192.168.77.100").error.text(), HasSubstr("not in quarantine: it is bound"));
    decline(1, a);
    ASSERT_TRUE(eventually([&] { return server.state_of(a) == "declined"; }));
    const auto result = server.ask(Order::clear_quarantine, "192.168.77.100");
    EXPECT_TRUE(result.ok) << result.error.text();
    EXPECT_EQ(dora(2), a) << "given out again";
}

TEST_F(Orders, AReservationIsHeldForItsClientAndOutlivesARestart)
{
    {
        const Commanded server{folder_.path()};
        const auto result = server.reserve("192.168.77.50", hardware(5)); // outside the pool
        EXPECT_TRUE(result.ok) << result.error.text();
        EXPECT_EQ(dora(5), address("192.168.77.50"));
    }
    const Commanded server{folder_.path()};
    const auto listed = server.list("reservation");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["address"], "192.168.77.50");
    EXPECT_EQ(listed[0]["hardware"], "02:00:00:00:01:05");
    EXPECT_EQ(listed[0]["from"], "order");
    server.ask(Order::erase, "192.168.77.50");
    EXPECT_EQ(dora(5), address("192.168.77.50"));
}

/// By all that a configuration knows a client by, and no longer lived.
TEST_F(Orders, AReservationForAPortOrANameHoldsAndOutlivesARestart)
{
    const std::uint8_t circuit = 7;
    const auto answered = [&](std::uint8_t number, const std::function<void(wire::Message&)>& with) {
        const WireClient client{*cable_, number};
        auto discover = client.discover();
        with(discover);
        client.broadcast(discover);
        const auto offer = client.receive();
        return offer ? offer->message.yiaddr : kAnyAddress;
    };
    const auto on_port = [&](wire::Message& m) {
        const std::array<std::byte, 3> suboption{std::byte{1}, std::byte{1}, std::byte{circuit}};
        m.options.set(wire::option::relay_agent_information, suboption);
    };
    const auto named = [](wire::Message& m) { m.options.set_text(wire::option::host_name, "KITCHEN"); };
    ControlRequest port, name;
    port.order = name.order = Order::reserve;
    port.address = address("192.168.77.50");
    port.circuit_id = {circuit};
    name.address = address("192.168.77.51");
    name.client_hostname = "kitchen";
    {
        const Commanded server{folder_.path()};
        EXPECT_THAT(server.ask(port).said, HasSubstr("192.168.77.50 is reserved for what hangs on circuit 07."));
        EXPECT_THAT(server.ask(name).said, HasSubstr("192.168.77.51 is reserved for host name kitchen."));
        name.address = address("192.168.77.52");
        EXPECT_THAT(server.ask(name).error.text(), HasSubstr("has 192.168.77.51 reserved already"));
        const auto a = dora(1);
        port.address = a;
        port.circuit_id = {9};
        EXPECT_THAT(server.ask(port).said, HasSubstr("02:00:00:00:01:01 has it now")) << "who hangs there a lease does not tell";
        EXPECT_TRUE(server.ask(Order::unreserve, a.to_string().c_str()).ok);
    }
    const Commanded server{folder_.path()};
    EXPECT_EQ(server.list("reservation").size(), 2U);
    EXPECT_EQ(answered(5, on_port), address("192.168.77.50"));
    EXPECT_EQ(answered(6, named), address("192.168.77.51"));
}

TEST_F(Orders, AReservationIsCountedAsOneAndAsNoOtherConfiguration)
{
    using Counts = std::map<std::string, int>;
    const auto counts = [](const Commanded& server) {
        Counts all;
        for (const auto& line : server.list("count"))
            all[line["reason"]] = line["times"];
        return all;
    };
    {
        const Commanded server{folder_.path()};
        EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
        EXPECT_TRUE(server.reserve("192.168.77.51", hardware(6)).ok);
        EXPECT_TRUE(server.ask(Order::unreserve, "192.168.77.51").ok);
        EXPECT_EQ(counts(server), (Counts{{"order_reserved", 2}, {"order_unreserved", 1}}));
    }
    const Commanded again{folder_.path()};
    EXPECT_EQ(counts(again), Counts{}) << "what was ordered before the start is no news";
}

TEST_F(Orders, AReservedAddressGoesToNobodyElse)
{
    const Commanded server{folder_.path(), {}, config("192.168.77.100-192.168.77.101")};
    EXPECT_TRUE(server.reserve("192.168.77.100", hardware(5)).ok);
    EXPECT_EQ(dora(1), address("192.168.77.101"));
    EXPECT_EQ(dora(5), address("192.168.77.100"));
}

TEST_F(Orders, UnreserveGivesTheAddressBack)
{
    const Commanded server{folder_.path(), {}, config("192.168.77.100-192.168.77.100")};
    EXPECT_THAT(server.ask(Order::unreserve, "192.168.77.100").error.text(), HasSubstr("is not reserved"));
    EXPECT_TRUE(server.reserve("192.168.77.100", hardware(5)).ok);
    EXPECT_TRUE(server.ask(Order::unreserve, "192.168.77.100").ok);
    EXPECT_TRUE(server.list("reservation").empty());
    EXPECT_EQ(dora(1), address("192.168.77.100"));
}

TEST_F(Orders, AnAddressOrClientThatIsReservedAlreadyIsRefused)
{
    auto with = config();
    with.subnets[0].reservations.push_back({address("192.168.77.60"), hardware(6)});
    const Commanded server{folder_.path(), {}, with};
    EXPECT_THAT(server.reserve("192.168.77.60", hardware(5)).error.text(), HasSubstr("reserved for 02:00:00:00:01:06 already"));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(6)).error.text(), HasSubstr("has 192.168.77.60 reserved already"));
    EXPECT_THAT(server.reserve("10.0.0.1", hardware(5)).error.text(), HasSubstr("in no subnet"));
    EXPECT_THAT(server.reserve("192.168.77.255", hardware(5)).error.text(), HasSubstr("cannot be reserved"));
    EXPECT_THAT(server.reserve("192.168.77.1", hardware(5)).error.text(), HasSubstr("this server has it itself"));
    EXPECT_THAT(server.ask(Order::unreserve, "192.168.77.60").error.text(), HasSubstr("reserved in the configuration"));
    ASSERT_EQ(server.list("reservation").size(), 1U);
    EXPECT_EQ(server.list("reservation")[0]["from"], "configuration");
    // The same address again, for another client: the order replaces its like.
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(7)).said, HasSubstr("is reserved for 02:00:00:00:01:07."));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(8)).said,
                HasSubstr("is reserved for 02:00:00:00:01:08 instead of 02:00:00:00:01:07."));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(8)).said, HasSubstr("is reserved for 02:00:00:00:01:08."));
    EXPECT_EQ(server.list("reservation")[1]["hardware"], "02:00:00:00:01:08");
}

/// Commit, then speak: what could not be stored is not done, and not said to be.
TEST_F(Orders, AFullDiskRefusesTheOrder)
{
    Commanded server{folder_.path()};
    const auto a = dora(1);
    {
        const FullDisk full{1};
        const auto released = server.ask(Order::release, a.to_string().c_str());
        EXPECT_FALSE(released.ok);
        EXPECT_THAT(released.error.text(), HasSubstr("leases-srv.sqlite"));
        EXPECT_EQ(server.state_of(a), "bound");
        EXPECT_FALSE(server.ask(Order::erase, a.to_string().c_str()).ok);
        EXPECT_EQ(server.state_of(a), "bound");
        EXPECT_FALSE(server.reserve("192.168.77.50", hardware(5)).ok);
        EXPECT_TRUE(server.list("reservation").empty());
    }
    EXPECT_TRUE(server.ask(Order::release, a.to_string().c_str()).ok) << "the disk is well again";
}

class Reload : public Orders {
protected:
    fs::path write(const std::string& pool, const std::string& more = "")
    {
        write_file(file(), "[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"" + pool + "\"\n" + more);
        return file();
    }
    fs::path file() const { return folder_ / "dhcp.toml"; }
};

TEST_F(Reload, KeepsTheLeasesUnderTheNewConfiguration)
{
    const Commanded server{folder_.path(), write("192.168.77.100-192.168.77.103")};
    const auto a = dora(1);
    EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
    write("192.168.77.200-192.168.77.210");
    const auto result = server.ask(Order::reload);
    EXPECT_TRUE(result.ok) << result.error.text();
    EXPECT_THAT(result.said, HasSubstr(file().string()));
    EXPECT_EQ(server.state_of(a), "bound");
    EXPECT_GE(dora(2), address("192.168.77.200"));
    EXPECT_EQ(dora(5), address("192.168.77.50")) << "an ordered reservation stays";
}

TEST_F(Reload, ARefusedFileChangesNothingAndEveryErrorIsSaid)
{
    const Commanded server{folder_.path(), write("192.168.77.100-192.168.77.103")};
    write("192.168.78.1-192.168.78.9", "leese_time = 5\nrouter = \"x\"\n");
    const auto result = server.ask(Order::reload);
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.file, file());
    EXPECT_GE(result.errors.size(), 2U);
    for (const auto& error : result.errors)
        EXPECT_GT(error.line, 0U) << error.problem;
    EXPECT_THAT(result.error.text(), HasSubstr("stays as it is"));
    EXPECT_EQ(server.list("pool")[0]["size"], 4);
    EXPECT_EQ(dora(1), address("192.168.77.100"));
}

TEST_F(Reload, SaysThatTheInterfacesOwnAddressLiesInAPool)
{
    const Commanded server{folder_.path(), write("192.168.77.100-192.168.77.103")};
    EXPECT_THAT(server.ask(Order::reload).warnings, testing::IsEmpty());
    write("192.168.77.1-192.168.77.9");
    const auto warnings = server.ask(Order::reload).warnings;
    EXPECT_THAT(warnings,
                testing::Contains(testing::StartsWith("subnet[0].pool[0]: this server's own address 192.168.77.1 lies in it")))
        << "`ctl reload` says itself that it is a warning";
}

TEST_F(Reload, AnotherFileTakesTheFirstOnesPlace)
{
    const Commanded server{folder_.path(), {}};
    EXPECT_THAT(server.ask(Order::reload).error.text(), HasSubstr("without a configuration file"));
    ControlRequest request;
    request.order = Order::reload;
    request.file = write("192.168.77.10-192.168.77.19");
    EXPECT_TRUE(server.ask(request).ok);
    EXPECT_EQ(server.list("pool")[0]["size"], 10);
    write("192.168.77.10-192.168.77.29");
    EXPECT_TRUE(server.ask(Order::reload).ok);
    EXPECT_EQ(server.list("pool")[0]["size"], 20);
    request.file = "/nonexistent.toml";
    EXPECT_FALSE(server.ask(request).ok);
    EXPECT_TRUE(server.ask(Order::reload).ok) << "still the good one";
}

TEST_F(Reload, ReservationsThatDoNotFitAreLeftOutAndSaid)
{
    const Commanded server{folder_.path(), write("192.168.77.100-192.168.77.103")};
    EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
    write_file(file(),
               "[[subnet]]\nprefix = \"192.168.77.0/26\"\npool = \"192.168.77.10-192.168.77.19\"\n"
               "[[subnet.reservation]]\naddress = \"192.168.77.50\"\nhardware = \"02:00:00:00:01:06\"\n");
    const auto result = server.ask(Order::reload);
    EXPECT_TRUE(result.ok);
    EXPECT_THAT(result.warnings, testing::Contains(HasSubstr("192.168.77.50")));
    EXPECT_EQ(dora(6), address("192.168.77.50"));
    // Back to what it was, and the order holds again.
    server.ask(Order::erase, "192.168.77.50");
    write("192.168.77.100-192.168.77.103");
    EXPECT_TRUE(server.ask(Order::reload).warnings.empty());
    EXPECT_EQ(dora(5), address("192.168.77.50"));
}

TEST_F(Orders, StopIsAnsweredBeforeTheServerEnds)
{
    Commanded server{folder_.path()};
    const auto result = server.ask(Order::stop);
    EXPECT_TRUE(result.ok) << result.error.text();
    EXPECT_TRUE(eventually([&] { return server.over(); }));
    const auto late = server.orders().release(address("192.168.77.100"));
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().text(), HasSubstr("not running any more"));
}

/// Nobody waits for a turn that never comes.
TEST_F(Orders, OrdersThatWaitEndWithTheServer)
{
    auto with = config();
    auto host = ServerHost::open({"srv", with, folder_.path()}).value();
    const auto orders = ServerOrders::open(host, with).value();
    ServerOrders::Outcome outcome;
    std::thread waiting{[&] { outcome = orders->release(address("192.168.77.100")); }};
    orders->close(); // before or after the order: run() is never called
    waiting.join();
    EXPECT_FALSE(outcome);
}

} // namespace
} // namespace dorascope::test
