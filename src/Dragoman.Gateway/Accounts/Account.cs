using Dragoman.Gateway.Catalog;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// One upstream credential with all that is needed to use it. Immutable: a changed configuration makes a new one with the same
/// <see cref="Id"/>, and what the running gateway knows of it (cooldowns, counters) is kept by that id. A record for the sake of
/// <c>with</c>: two accounts are equal only when they are the same object.
/// </summary>
public sealed record Account
{
    /// <summary>A stable id made of provider, address and credential; safe to show.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; unique; safe to show.</summary>
    public required string Label { get; init; }

    /// <summary>The id of the provider that serves it.</summary>
    public required string Provider { get; init; }

    /// <summary>The protocol its upstream speaks.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>Where it comes from.</summary>
    public AccountOrigin Origin { get; init; }

    /// <summary>Where requests go, without a trailing slash; paths are appended to it.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Other addresses of the same service, asked in this order where the first is silent or gone; when that is, the provider says.</summary>
    public IReadOnlyList<string> FallbackUrls { get; init; } = [];

    /// <summary>What it authenticates with now; another one after a refresh. Who needs the version as well reads <see cref="Cell"/>, once.</summary>
    public required Credential Credential
    {
        get => Cell.Current.Credential;
        init => Cell = new CredentialCell(value);
    }

    /// <summary>The cell that holds the credential: shared by all accounts of the same id that follow one another.</summary>
    public CredentialCell Cell { get; init; } = null!;

    /// <summary>Which models it serves where it was configured without any.</summary>
    public ModelScope Scope { get; init; } = ModelScope.Anything;

    /// <summary>The AWS region (Bedrock), or null.</summary>
    public string? Region { get; init; }

    /// <summary>Settings that only its provider knows, by their keys (a project, a workspace); read by the provider's schema, used by its request builder and envelope. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Headers its owner wants on every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The proxy to go through (<c>http://</c>, <c>https://</c>, <c>socks5://</c>), <c>direct</c> for none, or null for the gateway's own setting.</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>Accounts of higher priority are used up before lower ones are touched.</summary>
    public int Priority { get; init; }

    /// <summary>Its share among accounts of equal priority: one of weight 3 gets three times what one of weight 1 gets; 0 leaves it to be asked last.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>How many requests it may serve at once; null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How many requests it may get in any minute; null for no limit of its own.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>What it keeps of its quotas for some client keys; null for nothing.</summary>
    public QuotaReserve? Reserve { get; init; }

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A prefix that clients may (or, with <c>force-model-prefix</c>, must) put before its models: <c>prefix/model</c>; or null.</summary>
    public string? Prefix { get; init; }

    /// <summary>The models it was configured with; empty means the provider's whole catalog.</summary>
    public IReadOnlyList<AccountModel> Models { get; init; } = [];

    /// <summary>Further names of models, where it serves the provider's whole catalog.</summary>
    public IReadOnlyList<ModelAlias> Aliases { get; init; } = [];

    /// <summary>Models it must not be used for; <c>*</c> stands for any run of characters.</summary>
    public IReadOnlyList<string> ExcludedModels { get; init; } = [];

    /// <summary>What its owner wants to follow from failures of some status and words.</summary>
    public IReadOnlyList<ErrorRule> ErrorRules { get; init; } = [];

    /// <summary>Whether it may be used at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether its targets never cool down; null leaves it to the gateway's own setting.</summary>
    public bool? DisableCooling { get; init; }

    /// <summary>Its own number of further rounds; null leaves it to the gateway's own setting.</summary>
    public int? RequestRetry { get; init; }

    /// <inheritdoc/>
    public bool Equals(Account? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The label: a record would print its members, and headers may be secrets.</summary>
    public override string ToString() => Label;
}

/// <summary>Where an account comes from.</summary>
public enum AccountOrigin
{
    /// <summary>From the configuration file, where alone it can be changed.</summary>
    Config,

    /// <summary>From the store, added over the API or the command line.</summary>
    Store,

    /// <summary>Of a worker that is connected now, and only as long as it is.</summary>
    Connected,
}

/// <summary>A model of an account.</summary>
/// <param name="Name">The upstream's own id.</param>
/// <param name="Alias">The name clients use; the id itself when none was configured.</param>
public sealed record AccountModel(string Name, string Alias)
{
    /// <summary>What is known of the model, or null.</summary>
    public ModelMetadata? Facts { get; init; }

    /// <summary>Whether answers name the model as the client did, also where they pass unchanged otherwise.</summary>
    public bool ForcesName { get; init; }
}
