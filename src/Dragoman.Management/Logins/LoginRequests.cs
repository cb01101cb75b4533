namespace Dragoman.Management.Logins;

/// <summary>A login that somebody wants to begin.</summary>
/// <param name="Provider">The provider's id.</param>
public sealed record LoginStart(string Provider)
{
    /// <summary>The way of signing in (<c>browser</c>, <c>device</c>, <c>import</c>, or what the provider calls it); null for the provider's usual one.</summary>
    public string? Flow { get; init; }

    /// <summary>What the account is to be called; null for what the login says.</summary>
    public string? Label { get; init; }

    /// <summary>The proxy of the account, which the login goes through too.</summary>
    public string? Proxy { get; init; }

    /// <summary>Whether the browser is on another machine, so that it cannot be sent back here: what it shows is pasted.</summary>
    public bool Headless { get; init; }

    /// <summary>Whether what came back is saved at once, without a confirmation.</summary>
    public bool SaveAtOnce { get; init; }

    /// <summary>Whether the person has read the vendor's position; needed where the vendor forbids use by other programs.</summary>
    public bool Acknowledged { get; init; }

    /// <summary>What is said for this one login in the place of the provider's settings, by the names of its flow's inputs (a start page, a region); empty for nothing.</summary>
    public IReadOnlyDictionary<string, string> Wishes { get; init; } = new Dictionary<string, string>();

    /// <summary>The content of the file, for an import.</summary>
    public string? Content { get; init; }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"login at {Provider}";
}

/// <summary>What a browser brought back.</summary>
/// <param name="PathState">The state in the path; null for none.</param>
/// <param name="State">The state in the query; null for none.</param>
/// <param name="Code">The code; null for none.</param>
/// <param name="Error">What the vendor says instead of a code.</param>
/// <param name="ErrorDescription">The same in more words.</param>
public sealed record LoginCallback(string? PathState, string? State, string? Code, string? Error, string? ErrorDescription)
{
    /// <summary>All that stood in the query, by name.</summary>
    public IReadOnlyDictionary<string, string> Answer { get; init; } = new Dictionary<string, string>();

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "login callback";
}

/// <summary>What the browser that came back shows.</summary>
/// <param name="Succeeded">Whether the sign-in worked.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Text">What to do next.</param>
public sealed record CallbackPage(bool Succeeded, string Title, string Text)
{
    /// <summary>The vendor's page where the person goes on; null where there is none.</summary>
    public Uri? Next { get; init; }
}
