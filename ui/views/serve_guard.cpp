// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/serve_guard.h"

namespace dorascope::ui {

ServeGuard::ServeGuard(SourceControl& behind, QObject* parent) : SourceControl(parent), behind_(behind)
{
    connect(&behind, &SourceControl::statusChanged, this, &SourceControl::statusChanged);
    connect(&behind, &SourceControl::sourceChanged, this, &SourceControl::sourceChanged);
    connect(&behind, &SourceControl::failed, this, &SourceControl::failed);
    connect(&behind, &SourceControl::ordered, this, &SourceControl::ordered);
    connect(&behind, &SourceControl::reloaded, this, &SourceControl::reloaded);
}

bool ServeGuard::isServing() const
{
    const SourceStatus status = behind_.status();
    return status.kind == SourceKind::serve && status.running;
}

void ServeGuard::beforeStopping(const QString& question, const QString& button, std::function<void()> act)
{
    if (!isServing()) return act();
    Q_EMIT asked(question, button, act);
}

void ServeGuard::change(std::function<void()> act)
{
    beforeStopping(
        tr("This window is serving. Another source stops the server: clients keep their addresses until their leases end, "
           "but nobody renews them."),
        tr("Stop serving and go on"), std::move(act));
}

void ServeGuard::openLab(const QString& scenario)
{
    change([this, scenario] { behind_.openLab(scenario); });
}

void ServeGuard::openCapture(const QString& path)
{
    change([this, path] { behind_.openCapture(path); });
}

void ServeGuard::watch(const QString& interface)
{
    change([this, interface] { behind_.watch(interface); });
}

void ServeGuard::serve(const ServeRequest& request)
{
    change([this, request] { behind_.serve(request); });
}

} // namespace dorascope::ui
