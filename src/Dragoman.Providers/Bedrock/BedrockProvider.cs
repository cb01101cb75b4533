using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// AWS Bedrock. Claude models are spoken to in Anthropic's own protocol over InvokeModel (nothing is lost on the way), all others over
/// Converse; an account whose protocol is <see cref="Protocol.BedrockConverse"/>, or a model named <c>converse/…</c>, uses Converse for Claude too.
/// </summary>
public sealed class BedrockProvider : IProvider
{
    private readonly TimeProvider _time;
    private readonly IAwsKeySource _keys;
    private readonly Func<string, string?> _environment;
    // Models that this table did not know to need an inference profile, learnt from AWS's refusals.
    private readonly ConcurrentDictionary<string, bool> _byProfile = new(StringComparer.Ordinal);
    private TimeSpan _skew;

    /// <summary>Makes the provider.</summary>
    public BedrockProvider(TimeProvider time)
        : this(time, new AwsKeySource(), Environment.GetEnvironmentVariable)
    {
    }

    internal BedrockProvider(TimeProvider time, IAwsKeySource keys, Func<string, string?> environment)
    {
        _time = time;
        _keys = keys;
        _environment = environment;
    }

    /// <inheritdoc/>
    public string Id => "bedrock";

    /// <inheritdoc/>
    public async ValueTask<HttpRequestMessage?> CreateRequestAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var credential = CredentialOf(call.Account);
        var region = RegionOf(call.Account, credential);
        var protocol = ProtocolRegistry.Traits(call.Account.Protocol).ProtocolFor(call.Model);
        if (AddressOf(call, protocol, region) is not { } address) return null;
        var body = BodyOf(call, protocol);
        var request = new HttpRequestMessage(call.Operation == UpstreamOperation.ListModels ? HttpMethod.Get : HttpMethod.Post, address);
        try
        {
            AddHeaders(request, call, protocol, body);
            if (credential.BearerKey is { } bearer) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
            else
            {
                var keys = await _keys.KeysAsync(credential, cancellationToken);
                SigV4.Sign(request, body.Span, keys, region, "bedrock", _time.GetUtcNow() + _skew);
            }

            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Failure Classify(WireError error, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var failure = BedrockFailures.Classify(error, headers, now);
        // The next try calls the profile.
        if (BedrockFailures.WantsProfile(failure.Error) is { } id && _byProfile.TryAdd(id, true)) return failure with { Class = FailureClass.Transient };
        if (failure.Class != FailureClass.AuthExpired) return failure;
        // AWS refuses signatures from clocks more than five minutes off; its own clock is the one that counts.
        if (BedrockFailures.IsClockSkew(failure.Error) && headers.Date is { } theirs) _skew = theirs - now;
        else _keys.Invalidate();
        return failure;
    }

    /// <inheritdoc/>
    public long? ReadTokenCount(ReadOnlyMemory<byte> body) => BedrockBodies.ReadCount(body);

    /// <inheritdoc/>
    public QuotaReading? ReadQuotas(HttpResponseHeaders headers, DateTimeOffset now) => QuotaHeaders.Read(headers, now);

    private static ReadOnlyMemory<byte> BodyOf(UpstreamCall call, Protocol protocol) => call.Operation switch
    {
        UpstreamOperation.CountTokens => BedrockBodies.Count(protocol, call.Body),
        UpstreamOperation.Generate when protocol == Protocol.BedrockAnthropic => BedrockBodies.WithBetas(call),
        UpstreamOperation.Generate => call.Body,
        _ => default,
    };

    private Uri? AddressOf(UpstreamCall call, Protocol protocol, string region)
    {
        var operation = call.Operation switch
        {
            UpstreamOperation.ListModels => "",
            UpstreamOperation.CountTokens => "count-tokens",
            _ when protocol == Protocol.BedrockAnthropic => call.Stream ? "invoke-with-response-stream" : "invoke",
            _ => call.Stream ? "converse-stream" : "converse",
        };
        if (operation.Length == 0) return new Uri($"{BaseOf(call.Account, region, "bedrock")}/foundation-models?byOutputModality=TEXT");
        var model = BedrockModels.Resolve(call.Model.Id, region);
        if (_byProfile.ContainsKey(model)) model = BedrockModels.GeographyOf(region, model) + model;
        if (call.Operation == UpstreamOperation.CountTokens)
        {
            model = BedrockModels.BaseId(call.Model.Id);
            // Only Claude's tokens are counted, and only by the base id, which an application profile's ARN does not tell.
            if (!BedrockModels.IsClaude(model)) return null;
        }

        return new Uri($"{BaseOf(call.Account, region, "bedrock-runtime")}/model/{Uri.EscapeDataString(model)}/{operation}");
    }

    private static string BaseOf(Account account, string region, string host)
    {
        // AWS's own address names only one of its two hosts; any other (a gateway, an emulator) serves both.
        if (account.BaseUrl.Length > 0 && RegionOfHost(account.BaseUrl) is null) return account.BaseUrl.TrimEnd('/');
        if (account.BaseUrl.Length > 0 && host == "bedrock-runtime") return account.BaseUrl.TrimEnd('/');
        return $"https://{host}.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";
    }

    private static void AddHeaders(HttpRequestMessage request, UpstreamCall call, Protocol protocol, ReadOnlyMemory<byte> body)
    {
        var streams = call is { Stream: true, Operation: UpstreamOperation.Generate };
        request.Headers.TryAddWithoutValidation("Accept", streams ? "application/vnd.amazon.eventstream" : "application/json");
        if (streams && protocol == Protocol.BedrockAnthropic) request.Headers.TryAddWithoutValidation("X-Amzn-Bedrock-Accept", "application/json");
        if (call.Operation != UpstreamOperation.ListModels)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        foreach (var (name, value) in call.Account.Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) continue;
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Without anything of its own an account takes the environment's Bedrock key before the chain, as the SDKs do.</summary>
    private AwsCredential CredentialOf(Account account)
    {
        var credential = account.Credential switch
        {
            AwsCredential aws => aws,
            ApiKeyCredential key => new AwsCredential { BearerKey = key.Key },
            _ => new AwsCredential(),
        };
        if (credential.BearerKey is not null || credential.AccessKeyId is not null || credential.Profile is not null) return credential;
        var bearer = _environment("AWS_BEARER_TOKEN_BEDROCK");
        return string.IsNullOrWhiteSpace(bearer) ? credential : new AwsCredential { BearerKey = bearer.Trim() };
    }

    private string RegionOf(Account account, AwsCredential credential)
    {
        if (!string.IsNullOrEmpty(account.Region)) return account.Region;
        if (RegionOfHost(account.BaseUrl) is { } named) return named;
        var region = _environment("AWS_REGION");
        if (string.IsNullOrEmpty(region)) region = _environment("AWS_DEFAULT_REGION");
        if (string.IsNullOrEmpty(region)) region = _keys.RegionOf(credential.Profile ?? _environment("AWS_PROFILE") ?? "default");
        return !string.IsNullOrEmpty(region) ? region : throw new WireException(new WireError(
            ErrorKind.Api,
            $"The account \"{account.Label}\" names no AWS region: set its region, AWS_REGION, or the profile's."));
    }

    private static string? RegionOfHost(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) return null;
        var parts = uri.Host.Split('.');
        return parts.Length >= 4 && parts[0].StartsWith("bedrock", StringComparison.Ordinal) && parts[2] == "amazonaws" ? parts[1] : null;
    }
}
