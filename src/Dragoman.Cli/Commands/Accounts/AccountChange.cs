using System.CommandLine;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary>The options of <c>accounts add</c> and <c>accounts set</c>, and the body they make.</summary>
internal sealed class AccountChange
{
    private readonly Option<string?> _label = new("--label") { Description = "What people call it." };
    private readonly Option<string?> _baseUrl = new("--base-url") { Description = "Where its upstream is." };
    private readonly Option<string?> _region = new("--region") { Description = "The AWS region (Bedrock)." };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "What clients may put before its models." };
    private readonly Option<string?> _proxy = new("--proxy") { Description = "The proxy it goes through: http://, https://, socks5://, or direct." };
    private readonly Option<string[]> _models = new("--model") { Description = "A model it serves, as NAME or ALIAS=NAME; may be repeated." };
    private readonly Option<int?> _priority = new("--priority") { Description = "Accounts of higher priority are used up first." };
    private readonly Option<int?> _weight = new("--weight") { Description = "Its share among equals." };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "How many requests it may serve at once; 0 for no limit." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "A word to sort it by; may be repeated." };
    private readonly Option<string[]> _settings = new("--set") { Description = "Any other setting of an entry of config.yaml, as KEY=VALUE (JSON, or a text); KEY= takes it away." };
    private readonly Option<string?> _accessKey = new("--access-key-id") { Description = "An AWS access key's id; its secret is then the key." };
    private readonly Option<string?> _profile = new("--profile") { Description = "A profile in the AWS files of the gateway's user." };

    public SecretReading Secret { get; } = new();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_label, _baseUrl, _region, _prefix, _proxy, _models, _priority, _weight, _concurrency, _tags, _settings, _accessKey, _profile]) command.Add(option);
        Secret.AddTo(command);
    }

    /// <summary>Whether a credential is named without a secret.</summary>
    public bool HasProfile(ParseResult parsed) => parsed.GetValue(_profile) is not null;

    /// <summary>Whether the command line says anything of a credential.</summary>
    public bool NamesCredential(ParseResult parsed) => Secret.IsNamed(parsed) || parsed.GetValue(_accessKey) is not null || HasProfile(parsed);

    /// <summary>The body of the request.</summary>
    public AccountBody Body(ParseResult parsed, string? provider, string? secret)
    {
        var settings = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (key, value) in ((string, string?)[])[("base-url", parsed.GetValue(_baseUrl)), ("region", parsed.GetValue(_region)), ("prefix", parsed.GetValue(_prefix))])
            if (value is not null) settings[key] = Json(value);
        foreach (var pair in parsed.GetValue(_settings) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new ManagementException($"'{pair}' is no setting; write KEY=VALUE.");
            settings[pair[..at]] = Value(pair[(at + 1)..]);
        }

        var models = parsed.GetValue(_models) is { Length: > 0 } names ? JsonSerializer.SerializeToElement(names.Select(Model).ToList(), ManagementJson.Options) : (JsonElement?)null;
        CredentialBody? credential = null;
        if (parsed.GetValue(_profile) is { } profile) credential = new CredentialBody(Profile: profile);
        else if (parsed.GetValue(_accessKey) is { } id) credential = new CredentialBody(AccessKeyId: id, SecretAccessKey: secret);
        else if (secret is not null) credential = new CredentialBody(ApiKey: secret);
        var tags = parsed.GetValue(_tags);
        return new AccountBody(provider, parsed.GetValue(_label), credential, settings.Count > 0 ? settings : null, parsed.GetValue(_proxy), models,
            Priority: parsed.GetValue(_priority), Weight: parsed.GetValue(_weight), Concurrency: parsed.GetValue(_concurrency), Tags: tags is { Length: > 0 } ? tags : null);
    }

    private static Dictionary<string, string> Model(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at <= 0 ? new() { ["name"] = text } : new() { ["name"] = text[(at + 1)..], ["alias"] = text[..at] };
    }

    private static JsonElement Value(string text)
    {
        if (text.Length == 0) return JsonSerializer.SerializeToElement<string?>(null, ManagementJson.Options);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Json(text);
        }
    }

    private static JsonElement Json(string text) => JsonSerializer.SerializeToElement(text, ManagementJson.Options);
}
