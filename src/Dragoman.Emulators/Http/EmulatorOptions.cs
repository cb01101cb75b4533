using System.Net;

namespace Dragoman.Emulators.Http;

/// <summary>How an <see cref="EmulatorHost"/> is set up. The defaults suit tests: a free loopback port, all rules on.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The address to listen on; loopback unless told otherwise, because an emulator guards nothing.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Decides ids and signatures: two emulators with the same seed accept each other's signatures and answer byte for byte alike.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The clock of every delay and time stamp.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many requests are remembered for <see cref="EmulatorHost.Requests"/>; 0 remembers none (for benches).</summary>
    public int KeptRequests { get; init; } = 512;

    /// <summary>Whether a request without credentials is refused, as the providers do.</summary>
    public bool RequireCredentials { get; init; } = true;

    /// <summary>The shortest prompt prefix that is cached, in tokens. The providers' own minimum is 1,024 or more.</summary>
    public int CacheMinimumTokens { get; init; } = 1024;

    /// <summary>When set, SigV4 signatures are recomputed with this secret and wrong ones refused; otherwise only their form is checked.</summary>
    public string? AwsSecretKey { get; init; }
}
