// SPDX-License-Identifier: GPL-3.0-or-later
// Between the views and the sources: while a server of this window serves real clients, nothing ends it in passing. Whatever would, is
// asked about first.
#pragma once

#include "ui/views/source_control.h"

#include <functional>

namespace dorascope::ui {

class ServeGuard : public SourceControl {
    Q_OBJECT
public:
    explicit ServeGuard(SourceControl& behind, QObject* parent = nullptr);

    /// A server runs on an interface: its clients would lose it.
    bool isServing() const;
    /// Carries `act` out now, or once it is confirmed: asked() then.
    void beforeStopping(const QString& question, const QString& button, std::function<void()> act);

    QList<ScenarioChoice> scenarios() const override { return behind_.scenarios(); }
    QList<InterfaceChoice> interfaces() const override { return behind_.interfaces(); }
    SourceStatus status() const override { return behind_.status(); }
    void openLab(const QString& scenario) override;
    void openCapture(const QString& path) override;
    void watch(const QString& interface) override;
    void serve(const ServeRequest& request) override;
    void stop() override { behind_.stop(); } ///< asked for by name
    void order(LeaseOrder order, Ipv4Address address) override { behind_.order(order, address); }
    bool isReserved(Ipv4Address address) const override { return behind_.isReserved(address); }
    void reload() override { behind_.reload(); }
    QString configuration() const override { return behind_.configuration(); }
    ConfigReading readConfig(const QString& path) const override { return behind_.readConfig(path); }
    QStringList doubts(const server::Config& config, const QString& interface) const override
    {
        return behind_.doubts(config, interface);
    }
    void setPaused(bool paused) override { behind_.setPaused(paused); }
    void setPace(Pace pace) override { behind_.setPace(pace); }
    void step() override { behind_.step(); }
    std::optional<Problem> preflight(const QString& interface) const override { return behind_.preflight(interface); }

signals:
    void asked(const QString& question, const QString& button, const std::function<void()>& act);

private:
    void change(std::function<void()> act);
    SourceControl& behind_;
};

} // namespace dorascope::ui
