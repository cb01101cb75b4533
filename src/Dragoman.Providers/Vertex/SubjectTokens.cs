using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.Bedrock;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Has the token of the other identity provider: from a file, from an address that the owner has allowed (<c>subject-token-urls</c>), or as a question to AWS that is signed here and put by Google. It is had anew for each
/// exchange, because whoever provides it renews it.
/// </summary>
/// <param name="aws">Finds the keys of this machine's role at AWS.</param>
/// <param name="environment">The environment.</param>
internal sealed class SubjectTokens(Func<IAwsKeySource> aws, Func<string, string?> environment)
{
    private const int MaxBytes = 1 << 16;

    private const string TargetHeader = "x-goog-cloud-target-resource";

    private readonly Lazy<IAwsKeySource> _aws = new(aws);

    /// <summary>Has a token.</summary>
    /// <exception cref="LoginException">There is none; the message has no dot at its end.</exception>
    public async Task<string> ReadAsync(WorkloadIdentity identity, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (identity.IsAws) return await SignAsync(identity, vendor.Time.GetUtcNow(), cancellationToken);
        var content = identity.File is { } path ? await ReadFileAsync(path, cancellationToken) : await AskAsync(identity, vendor, cancellationToken);
        var token = (identity.Member is { } member ? MemberOf(content, member) : Encoding.UTF8.GetString(content).Trim()) ?? "";
        // What is no token is sent to nobody, whatever file was named.
        var isToken = token.Length > 0 && HeaderSafe.Check(token) && (!IsJwt(identity) || token.Split('.').Length == 3);
        return isToken ? token : throw new LoginException($"{identity.Source} holds no token of the kind that the credential file names");
    }

    private static bool IsJwt(WorkloadIdentity identity) => identity.SubjectTokenType is "urn:ietf:params:oauth:token-type:jwt" or "urn:ietf:params:oauth:token-type:id_token";

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.Asynchronous);
            var content = new byte[MaxBytes];
            var length = await file.ReadAtLeastAsync(content, MaxBytes, throwOnEndOfStream: false, cancellationToken);
            return length < MaxBytes ? content[..length] : throw new LoginException($"'{path}' is too large for a token");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LoginException($"the token's file '{path}' cannot be read", ex);
        }
    }

    private static async Task<byte[]> AskAsync(WorkloadIdentity identity, VendorContext vendor, CancellationToken cancellationToken)
    {
        var address = new Uri(identity.Url!);
        if (!vendor.SettingsAs<VertexSettings>().SubjectTokenUrls.Any(allowed => IsBelow(address, new Uri(allowed))))
            throw new LoginException($"the credential file has its token from {identity.Source}, which is not asked unless it is listed under providers.vertex.subject-token-urls");
        using var question = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in identity.Headers) question.Headers.TryAddWithoutValidation(name, value);
        using var answer = await vendor.Http.SendAsync(question, cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new LoginException($"{identity.Source} answered {(int)answer.StatusCode}{VendorJson.WordsOf(body)}");
        return body.Length <= MaxBytes ? body : throw new LoginException($"{identity.Source} answered more than a token");
    }

    /// <summary>Whether an address is an allowed one, or below its path.</summary>
    private static bool IsBelow(Uri address, Uri allowed)
    {
        if (address.Scheme != allowed.Scheme || address.Port != allowed.Port || !address.Host.Equals(allowed.Host, StringComparison.OrdinalIgnoreCase)) return false;
        var path = allowed.AbsolutePath.TrimEnd('/');
        return address.AbsolutePath == path || address.AbsolutePath.StartsWith(path + "/", StringComparison.Ordinal);
    }

    private static string? MemberOf(byte[] content, string member)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return VendorJson.Text(json.RootElement, member);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A question to AWS about who asks, signed for this pool only, as one word.</summary>
    private async Task<string> SignAsync(WorkloadIdentity identity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var region = Set("AWS_REGION") ?? Set("AWS_DEFAULT_REGION") ?? _aws.Value.RegionOf(Set("AWS_PROFILE") ?? "default");
        if (region is null || !AwsRegion.IsRegion(region)) throw new LoginException("the credential file wants a token of AWS, and this machine names no region of AWS (AWS_REGION)");
        AwsKeys keys;
        try
        {
            keys = await _aws.Value.KeysAsync(new AwsCredential { Profile = Set("AWS_PROFILE") }, cancellationToken);
        }
        catch (WireException ex)
        {
            throw new LoginException(ex.Error.Message.TrimEnd('.'), ex);
        }

        var address = $"https://sts.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}?Action=GetCallerIdentity&Version=2011-06-15";
        using var question = new HttpRequestMessage(HttpMethod.Post, address);
        question.Headers.TryAddWithoutValidation(TargetHeader, identity.Audience);
        SigV4.Sign(question, [], keys, region, "sts", now);
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("url", address);
            writer.WriteString("method", "POST");
            writer.WriteString("body", "");
            writer.WriteStartArray("headers");
            WriteHeader(writer, "host", question.RequestUri!.Host);
            foreach (var header in question.Headers.NonValidated) WriteHeader(writer, header.Key == "Authorization" ? header.Key : header.Key.ToLowerInvariant(), header.Value.ToString());
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Uri.EscapeDataString(Encoding.UTF8.GetString(json.WrittenSpan));
    }

    private static void WriteHeader(Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("key", name);
        writer.WriteString("value", value);
        writer.WriteEndObject();
    }

    private string? Set(string name) => environment(name) is { Length: > 0 } text ? text : null;
}
