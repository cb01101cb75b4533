namespace Dragoman.Gateway.Configuration;

/// <summary><c>remote-management</c>: who may use the management routes.</summary>
public sealed record ManagementOptions
{
    /// <summary><c>allow-remote</c>: management from other machines, which needs the secret.</summary>
    public bool AllowRemote { get; init; }

    /// <summary><c>secret-key</c>: what a manager must show, in the clear or as a bcrypt hash; null where the file names none (the environment or the store may).</summary>
    public string? SecretKey { get; init; }

    /// <summary><c>require-secret-on-loopback</c>: programs on this machine must show the secret too.</summary>
    public bool RequireSecretOnLoopback { get; init; }

    /// <summary><c>disable-control-panel</c>: the gateway serves no panel, and no page for managing on the surface of CLIProxyAPI.</summary>
    public bool DisableControlPanel { get; init; }

    /// <summary><c>hosts</c>: names the gateway goes by, besides its addresses, when it is managed from elsewhere.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary><c>origins</c>: web pages (<c>https://panel.example</c>) that may manage the gateway with the secret, besides those of this machine and its own.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary><c>session-idle</c>: how long a session of the panel lasts that nobody uses.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(12);

    /// <summary><c>session-lifetime</c>: how long a session of the panel lasts at the most.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Whether a page of this origin may call the management routes, always with the secret; <c>*</c> in the list stands for every page.</summary>
    public bool AllowsOrigin(string origin) => Origins.Contains(origin, StringComparer.OrdinalIgnoreCase) || Origins.Contains("*");

    /// <summary>Whether the secret is given as a bcrypt hash, as CLIProxyAPI writes it back.</summary>
    public bool IsHashed => IsBcrypt(SecretKey);

    /// <summary>Whether a value looks like a bcrypt hash.</summary>
    public static bool IsBcrypt(string? value) => value is { Length: 60 } && value[0] == '$' && value[1] == '2' && value[2] is 'a' or 'b' or 'y' && value[3] == '$';

    /// <summary>A record would print its members; this one holds a secret.</summary>
    public override string ToString() => $"remote management {(AllowRemote ? "allowed" : "not allowed")}, {(SecretKey is null ? "no secret" : "with a secret")}";
}
