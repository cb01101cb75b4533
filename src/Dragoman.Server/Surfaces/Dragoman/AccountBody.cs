using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>A new account, or a change of one: members left out keep their value, or take their default.</summary>
/// <param name="Provider"><c>claude</c>, <c>gemini</c>, <c>codex</c>, <c>openai</c>, <c>bedrock</c>; needed for a new account.</param>
/// <param name="Label">What people call it; unique.</param>
/// <param name="Credential">What it proves itself with; replaced whole.</param>
/// <param name="Settings">Everything else, under the keys of an entry of config.yaml (<c>base-url</c>, <c>models</c>, <c>prefix</c>, <c>headers</c>, …); in a change, null takes a setting away.</param>
/// <param name="Proxy">The proxy to go through; short for the setting <c>proxy-url</c>.</param>
/// <param name="Models">The models it serves; short for the setting <c>models</c>.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Priority">Accounts of higher priority are used up first.</param>
/// <param name="Weight">Its share among equals.</param>
/// <param name="Concurrency">How many requests it may serve at once; 0 for no limit.</param>
/// <param name="Tags">Words its owner sorts it by.</param>
/// <param name="Version">The version a change is made from: refused with 409 when somebody else changed it since. Left out, the change is made on whatever stands there.</param>
internal sealed record AccountBody(
    string? Provider = null, string? Label = null, CredentialBody? Credential = null, Dictionary<string, JsonElement>? Settings = null, string? Proxy = null, JsonElement? Models = null,
    bool? Enabled = null, int? Priority = null, int? Weight = null, int? Concurrency = null, IReadOnlyList<string>? Tags = null, long? Version = null)
{
    /// <summary>What is asked for, in the gateway's own terms.</summary>
    public AccountUpdate ToUpdate()
    {
        var settings = Settings?.ToDictionary(pair => pair.Key.Replace('_', '-'), pair => pair.Value, StringComparer.Ordinal) ?? [];
        if (Proxy is not null) settings["proxy-url"] = Proxy.Length == 0 ? default : JsonSerializer.SerializeToElement(Proxy, ManagementJson.Options);
        if (Models is { } models) settings["models"] = models;
        return new AccountUpdate
        {
            Provider = Provider, Label = Label, Credential = Credential?.Keys(), Settings = settings, Enabled = Enabled, Priority = Priority, Weight = Weight,
            Concurrency = Concurrency, Tags = Tags, Version = Version,
        };
    }
}

/// <summary>A credential: an API key, an AWS access key or profile, or nothing at all (a server that asks for none, the AWS chain).</summary>
/// <param name="ApiKey">An API key (for Bedrock, a bearer key).</param>
/// <param name="AccessKeyId">An AWS access key's id.</param>
/// <param name="SecretAccessKey">Its secret.</param>
/// <param name="SessionToken">The session token of temporary keys.</param>
/// <param name="Profile">A profile in the AWS files of the gateway's user.</param>
internal sealed record CredentialBody(string? ApiKey = null, string? AccessKeyId = null, string? SecretAccessKey = null, string? SessionToken = null, string? Profile = null)
{
    public Dictionary<string, string> Keys()
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ((string, string?)[])[("api-key", ApiKey), ("access-key-id", AccessKeyId), ("secret-access-key", SecretAccessKey), ("session-token", SessionToken), ("profile", Profile)])
            if (!string.IsNullOrEmpty(value)) keys[name] = value;
        return keys;
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "credential";
}
