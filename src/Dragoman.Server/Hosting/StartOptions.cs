using Dragoman.Gateway.Providers;
using Dragoman.Management.Hosting;
using Dragoman.Providers;

namespace Dragoman.Server.Hosting;

/// <summary>How the gateway is started.</summary>
public sealed record StartOptions
{
    /// <summary>The configuration file; null for the built-in defaults.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The configuration's text, in place of a file (demo, tests).</summary>
    public string? ConfigText { get; init; }

    /// <summary>The folder for what lasts; created when it is not there.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A folder in place of the home folder of the gateway's owner, where other programs keep their files (tests, demo); null for the real one.</summary>
    public string? HomeFolder { get; init; }

    /// <summary>The first listener's port, in place of the configured one; 0 lets the system choose.</summary>
    public int? Port { get; init; }

    /// <summary>The first listener's address, in place of the configured one.</summary>
    public string? Host { get; init; }

    /// <summary>Whether whoever starts it waits for <see cref="GatewayHost.RestartAsked"/> and then starts it again.</summary>
    public bool CanRestart { get; init; }

    /// <summary>Starts emulated upstreams when the owner turns them on; null for a gateway that comes without any.</summary>
    public IEmulatorLauncher? Emulators { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the providers that accounts may have; by default all that ship.</summary>
    public Func<TimeProvider, ProviderRegistry> Providers { get; init; } = ProviderModules.CreateRegistry;

    /// <summary>The least level that is logged to the console; <see cref="LogLevel.None"/> for silence.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether log lines are JSON objects.</summary>
    public bool JsonLogs { get; init; }
}
