using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// A credential file of the type <c>external_account</c> (google.aip.dev/auth/4117): it holds no key, but where a token of another identity provider is had, which Google's token service takes for one of its own. The
/// addresses of Google's in it are checked and never called; those of the settings are.
/// </summary>
internal sealed record WorkloadIdentity
{
    private const string AudiencePrefix = "//iam.googleapis.com/";
    private const string ImpersonationPath = "/v1/projects/-/serviceAccounts/";
    private const string ImpersonationMethod = ":generateAccessToken";
    private const int UsualLifetime = 3600;

    /// <summary>The provider of a pool, as Google names it.</summary>
    public required string Audience { get; init; }

    /// <summary>What kind of token the other provider gives.</summary>
    public required string SubjectTokenType { get; init; }

    /// <summary>The service account that is impersonated; null where the pool itself has the right.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>How long the service account's token shall be good.</summary>
    public int LifetimeSeconds { get; init; } = UsualLifetime;

    /// <summary>The project that people of a workforce pool use; null for workloads.</summary>
    public string? UserProject { get; init; }

    /// <summary>The file with the other provider's token; null where it is had elsewhere.</summary>
    public string? File { get; init; }

    /// <summary>The address that gives the other provider's token; null where it is had elsewhere.</summary>
    public string? Url { get; init; }

    /// <summary>Headers for that address; they may hold a secret.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The member that holds the token where it is had as JSON; null for plain text.</summary>
    public string? Member { get; init; }

    /// <summary>Whether the token is a request to AWS, signed with the keys of this machine's own role.</summary>
    public bool IsAws { get; init; }

    /// <summary>Google's name for the pool's provider, short.</summary>
    public string Provider => Audience[AudiencePrefix.Length..];

    /// <summary>Where the token is had, for people.</summary>
    public string Source => IsAws ? "AWS" : File ?? new Uri(Url!).GetLeftPart(UriPartial.Path);

    /// <summary>Reads a credential file. A file that runs a program is refused.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isOwn">Whether an address is one that the owner has set in the place of Google's.</param>
    /// <exception cref="LoginException">It cannot be used.</exception>
    public static WorkloadIdentity Read(JsonElement file, Func<string, bool> isOwn)
    {
        if (VendorJson.Text(file, "audience") is not { } audience || !audience.StartsWith(AudiencePrefix, StringComparison.Ordinal) || audience.Length == AudiencePrefix.Length)
            throw Malformed("names no provider of an identity pool (audience)");
        if (VendorJson.Text(file, "subject_token_type") is not { } type) throw Malformed("does not say what kind of token it is for (subject_token_type)");
        if (VendorJson.Object(file, "credential_source") is not { } source) throw Malformed("does not say where the token is had (credential_source)");
        CheckAddress(VendorJson.Text(file, "token_url"), isOwn);
        var lifetime = VendorJson.Object(file, "service_account_impersonation") is { } impersonation ? VendorJson.Number(impersonation, "token_lifetime_seconds") : null;
        if (lifetime is not null and not (>= 600 and <= 43_200)) throw Malformed("asks for a token that is good for less than ten minutes or more than twelve hours (token_lifetime_seconds)");
        return Sourced(source, new WorkloadIdentity { Audience = audience, SubjectTokenType = type }) with
        {
            ServiceAccount = ReadServiceAccount(VendorJson.Text(file, "service_account_impersonation_url"), isOwn),
            LifetimeSeconds = (int)(lifetime ?? UsualLifetime),
            UserProject = VendorJson.Text(file, "workforce_pool_user_project"),
        };
    }

    /// <summary>The kept form of an identity, one word.</summary>
    public string Pack() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, WorkloadIdentityJson.Default.WorkloadIdentity));

    /// <summary>An identity from its kept form; null where that cannot be read.</summary>
    public static WorkloadIdentity? Unpack(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(text), WorkloadIdentityJson.Default.WorkloadIdentity);
        }
        catch (Exception ex) when (ex is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "workload identity";

    private static WorkloadIdentity Sourced(JsonElement source, WorkloadIdentity identity)
    {
        if (VendorJson.Text(source, "environment_id") is { } environment) return environment == "aws1" && IsAwsQuestion(source) ? identity with { IsAws = true } : throw Refused($"the environment {environment}, or another question to AWS than GetCallerIdentity");
        if (source.TryGetProperty("executable", out _)) throw new LoginException("The file gets its token from a program (credential_source.executable); the gateway runs no programs that a file names.") { Fix = "Let the program write the token to a file, and name that under credential_source.file." };
        if (source.TryGetProperty("certificate", out _)) throw Refused("a client certificate (credential_source.certificate)");
        var member = VendorJson.Object(source, "format") is { } format && VendorJson.Text(format, "type") is { } kind and not "text"
            ? (kind == "json" ? VendorJson.Text(format, "subject_token_field_name") : null) ?? throw Malformed("does not say which member holds the token (credential_source.format)")
            : null;
        identity = identity with { Member = member };
        if (VendorJson.Text(source, "file") is { } path) return Path.IsPathRooted(path) ? identity with { File = path } : throw Malformed("names the token's file without its whole path (credential_source.file)");
        if (VendorJson.Text(source, "url") is not { } url) throw Malformed("does not say where the token is had (credential_source)");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var at) || at is not { Scheme: "http" or "https", UserInfo.Length: 0 }) throw Malformed("names an address that is none (credential_source.url)");
        return identity with { Url = url, Headers = ReadHeaders(source) };
    }

    private static Dictionary<string, string> ReadHeaders(JsonElement source)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (VendorJson.Object(source, "headers") is not { } named) return headers;
        foreach (var header in named.EnumerateObject())
            headers[header.Name] = VendorJson.Text(named, header.Name) is { } value && !value.AsSpan().ContainsAny('\r', '\n') ? value : throw Malformed("has a header that cannot be sent (credential_source.headers)");
        return headers;
    }

    /// <summary>The signed question is put by Google, never by us; it goes to no other host than AWS's.</summary>
    private static bool IsAwsQuestion(JsonElement source)
        => VendorJson.Text(source, "regional_cred_verification_url") is not { } template
            || (template.StartsWith("https://sts.{region}.amazonaws.com", StringComparison.Ordinal) && template.Contains("Action=GetCallerIdentity", StringComparison.Ordinal));

    private static string? ReadServiceAccount(string? address, Func<string, bool> isOwn)
    {
        if (address is null) return null;
        CheckAddress(address, isOwn);
        var start = address.IndexOf(ImpersonationPath, StringComparison.Ordinal);
        if (start < 0 || !address.EndsWith(ImpersonationMethod, StringComparison.Ordinal)) throw Malformed("names no service account (service_account_impersonation_url)");
        var account = Uri.UnescapeDataString(address[(start + ImpersonationPath.Length)..^ImpersonationMethod.Length]);
        return account.Length is > 0 and < 200 && account.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '@' or '.' or '-' or '_') ? account : throw Malformed("names no service account (service_account_impersonation_url)");
    }

    private static void CheckAddress(string? address, Func<string, bool> isOwn)
    {
        if (address is null || isOwn(address)) return;
        if (Uri.TryCreate(address, UriKind.Absolute, out var at) && at is { Scheme: "https", UserInfo.Length: 0, IsDefaultPort: true } && IsGoogles(at.Host)) return;
        throw new LoginException("The file names a token endpoint that is not Google's.") { Fix = "If it is yours, set it as providers.vertex.sts-url, or its beginning as providers.vertex.iam-url." };
    }

    /// <summary>Google's token service and its service accounts, for all regions or one, with a certificate or without.</summary>
    private static bool IsGoogles(string host)
    {
        const string domain = ".googleapis.com";
        if (!host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) return false;
        return host[..^domain.Length].Split('.').Any(static label => label.Equals("sts", StringComparison.OrdinalIgnoreCase) || label.EndsWith("-sts", StringComparison.OrdinalIgnoreCase)
            || label.Equals("iamcredentials", StringComparison.OrdinalIgnoreCase) || label.EndsWith("-iamcredentials", StringComparison.OrdinalIgnoreCase));
    }

    private static LoginException Malformed(string what) => new($"The file for workload identity federation {what}.") { Fix = "Make it again with 'gcloud iam workload-identity-pools create-cred-config'." };

    private static LoginException Refused(string what) => new($"The file is for {what}, which is not supported.") { Fix = "Let the token come from a file, an address, or AWS." };
}
