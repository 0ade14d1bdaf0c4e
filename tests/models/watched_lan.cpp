// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"

namespace dorascope::models::test {

WatchedLan::WatchedLan() { scope.setState(&state, &recording); }

observe::MessageId WatchedLan::hears(const Said& said)
{
    hears(said.frame_bytes(), now);
    return static_cast<observe::MessageId>(state.messages().size() - 1);
}

void WatchedLan::hears(std::span<const std::byte> bytes, Instant at)
{
    const decode::Frame frame{++frames, at, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes};
    recording.append(frame);
    state.apply(frame, batch);
}

void WatchedLan::decides(Decision decision)
{
    decision.at = now;
    recording.append(decision);
    state.apply(decision, batch);
}

WatchedLan& WatchedLan::dora(std::string_view client, std::string_view address, std::uint32_t xid)
{
    for (const auto& said : {discover(client), offer(client, address), request(client, address), ack(client, address)}) {
        hears(said.xid(xid));
        now += 1ms;
    }
    return *this;
}

void WatchedLan::passes(Duration time)
{
    now += time;
    state.advance(now, batch);
}

void WatchedLan::publish()
{
    scope.publish(batch);
    batch.clear();
}

WatchedLab::WatchedLab(std::string_view scenario, std::uint64_t seed, std::optional<double> loss)
    : lab{*lab::scenario(scenario), seed}
{
    if (loss) lab.set_loss(*loss);
    now = lab.now();
    lab.on_frame([this](Instant at, std::span<const std::byte> frame) { hears(frame, at); });
    lab.on_decision([this](const Decision& decision) {
        recording.append(decision);
        state.apply(decision, batch);
    });
    scope.setNamer([this](const HardwareAddress& hardware) {
        for (const auto& client : lab.clients())
            if (HardwareAddress::of(client.mac) == hardware)
                return QString::fromUtf8(client.name.data(), static_cast<qsizetype>(client.name.size()));
        return QString{};
    });
}

void WatchedLab::runs(Duration time)
{
    now += time;
    lab.run_until(now);
    state.advance(now, batch);
    publish();
}

QString text(const QAbstractItemModel& model, int row, int column, int role)
{
    return model.index(row, column).data(role).toString();
}

QStringList column(const QAbstractItemModel& model, int column)
{
    QStringList cells;
    for (int row = 0; row < model.rowCount(); ++row)
        cells << text(model, row, column);
    return cells;
}

QStringList rows(const QAbstractItemModel& model)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int c = 0; c < model.columnCount(); ++c)
            cells << text(model, row, c);
        lines << cells.join(QStringLiteral(" | "));
    }
    return lines;
}

} // namespace dorascope::models::test
