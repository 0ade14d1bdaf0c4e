// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders of a running server, through its control socket, with clients on the wire.
#include "tests/host/commanded.h"

namespace dorascope::test {
namespace {

using namespace orders;

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
        std::map<std::string, int> counted;
        for (const auto& count : server.list("count"))
            counted[count["reason"]] = count["times"];
        EXPECT_EQ(counted["change_not_stored"], 2) << "two leases; what is reserved is stored first";
        EXPECT_EQ(counted.count("order_released") + counted.count("order_erased"), 0U);
    }
    EXPECT_TRUE(server.ask(Order::release, a.to_string().c_str()).ok) << "the disk is well again";
}

/// And what is refused is not found when the file is back.
TEST_F(Orders, NothingIsDoneInAFileThatIsGone)
{
    const auto file = folder_ / "leases-srv.sqlite", away = folder_ / "away";
    Ipv4Address a;
    {
        const Commanded server{folder_.path()};
        a = dora(1);
        EXPECT_TRUE(server.reserve("192.168.77.51", hardware(6)).ok);
        fs::rename(file, away);
        const auto refused = server.reserve("192.168.77.50", hardware(5));
        EXPECT_FALSE(refused.ok);
        EXPECT_THAT(refused.error.text(), HasSubstr("was removed or replaced"));
        EXPECT_FALSE(server.ask(Order::unreserve, "192.168.77.51").ok);
        EXPECT_FALSE(server.ask(Order::erase, a.to_string().c_str()).ok);
        EXPECT_EQ(server.state_of(a), "bound");
        fs::rename(away, file);
    }
    const Commanded server{folder_.path()};
    EXPECT_EQ(server.state_of(a), "bound");
    ASSERT_EQ(server.list("reservation").size(), 1U);
    EXPECT_EQ(server.list("reservation")[0]["address"], "192.168.77.51");
}

/// As a backup is put back.
TEST_F(Orders, NothingIsDoneInAFolderThatIsNoMoreTheOne)
{
    fs::create_directory(folder_ / "state");
    const Commanded server{folder_ / "state"};
    const auto a = dora(1);
    fs::rename(folder_ / "state", folder_ / "former");
    fs::create_directory(folder_ / "state");
    const auto refused = server.orders().release(a);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), HasSubstr("state was removed or replaced"));
    fs::remove(folder_ / "state");
    fs::rename(folder_ / "former", folder_ / "state");
    EXPECT_TRUE(server.orders().release(a));
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

TEST_F(Reload, SaysWhatIsKeptAsideAndWhyItTakesNoOrders)
{
    const Commanded server{folder_.path(), write("192.168.77.100-192.168.77.103")};
    const auto a = dora(1);
    write_file(file(), "[[subnet]]\nprefix = \"10.8.0.0/24\"\npool = \"10.8.0.5-10.8.0.9\"\n");
    EXPECT_THAT(server.ask(Order::reload).said, HasSubstr("kept, 1 of them aside for as long as no subnet holds them"));
    for (const auto order : {Order::release, Order::clear_quarantine}) {
        const auto result = server.ask(order, a.to_string().c_str());
        EXPECT_FALSE(result.ok);
        EXPECT_THAT(result.error.text(), HasSubstr("lies in no subnet that is served now"));
    }
    write("192.168.77.100-192.168.77.103");
    EXPECT_THAT(server.ask(Order::reload).said, testing::Not(HasSubstr("aside")));
    EXPECT_EQ(server.state_of(a), "bound");
}

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
