// SPDX-License-Identifier: GPL-3.0-or-later
// A machine with two interfaces, on paper: what the views ask of it is written down.
#pragma once

#include "ui/views/source_control.h"

#include <QList>
#include <QMap>

#include <utility>

namespace dorascope::ui {

inline InterfaceChoice interfaceOf(const char* name, const char* address, int length)
{
    InterfaceChoice choice;
    choice.name = QLatin1String(name);
    choice.up = choice.carrier = choice.ethernet = true;
    choice.address = Ipv4Address::parse(address);
    choice.prefix = Ipv4Prefix::of(*choice.address, static_cast<std::uint8_t>(length));
    return choice;
}

class PaperControl : public SourceControl {
public:
    QList<ScenarioChoice> scenarios() const override { return {}; }
    QList<InterfaceChoice> interfaces() const override { return known; }
    SourceStatus status() const override { return now; }
    void openLab(const QString& scenario) override { opened.append(scenario); }
    void openCapture(const QString& path) override { opened.append(path); }
    void watch(const QString& interface) override { opened.append(interface); }
    void serve(const ServeRequest& request) override { served.append(request); }
    void stop() override { }
    void order(LeaseOrder order, Ipv4Address address) override { orders.append({order, address}); }
    bool isReserved(Ipv4Address address) const override { return reserved.contains(address); }
    void reload() override { ++reloads; }
    QString configuration() const override { return toml; }
    ConfigReading readConfig(const QString&) const override { return reading; }
    QStringList doubts(const server::Config&, const QString& interface) const override { return doubted.value(interface); }
    void setPaused(bool) override { }
    void setPace(Pace) override { }
    void step() override { }
    std::optional<Problem> preflight(const QString&) const override { return problem; }

    QList<InterfaceChoice> known{interfaceOf("eth0", "192.168.50.1", 24), interfaceOf("eth1", "10.0.0.5", 29)};
    SourceStatus now;
    std::optional<Problem> problem;
    QStringList opened;
    QList<ServeRequest> served;
    ConfigReading reading;
    QString toml; ///< in force
    QMap<QString, QStringList> doubted; ///< by interface
    QList<std::pair<LeaseOrder, Ipv4Address>> orders;
    QList<Ipv4Address> reserved;
    int reloads = 0;
};

} // namespace dorascope::ui
