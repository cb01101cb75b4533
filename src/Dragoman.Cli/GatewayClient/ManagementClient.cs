using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Cli.GatewayClient;

/// <summary>Asks a running gateway over its management API.</summary>
internal sealed class ManagementClient(GatewayAddress gateway, string? secret) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(gateway.Handler());
    private readonly Uri _address = gateway.Address;

    /// <summary>Where the gateway is, with a slash at the end.</summary>
    public Uri Address => _address;

    /// <summary>GET, and the answer as a value.</summary>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => await RequestAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Any method with a JSON body (null for none), and the answer as a value.</summary>
    public async Task<T> RequestAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ManagementJson.Options, cancellationToken) ?? throw NotOurs();
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw NotOurs();
        }
    }

    /// <summary>Any method; the answer is not looked at.</summary>
    public async Task ExecuteAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
    }

    /// <summary>The answer as text, as it came: for <c>--json</c>.</summary>
    public async Task<string> TextAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>The answer itself, read by the caller as it comes: for exports and live events.</summary>
    /// <exception cref="ManagementException">The gateway is not there, or said no.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
        => SendAsync(method, path, body is null ? null : body as HttpContent ?? JsonContent.Create(body, body.GetType(), options: ManagementJson.Options), null, cancellationToken);

    /// <summary>The answer itself, to a body of any kind, with a version to hold it against.</summary>
    /// <exception cref="ManagementException">The gateway is not there, or said no.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string? ifMatch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_address, $"api/v1/{path.TrimStart('/')}"));
        request.Headers.UserAgent.ParseAdd(HttpActor.CommandLineAgent + Product.Version);
        if (secret is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        request.Content = content;
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException ex)
        {
            throw ex.HttpRequestError == HttpRequestError.SecureConnectionError
                ? new ManagementException($"The connection to {_address} is not secure: {(ex.InnerException ?? ex).Message.Split('\n')[0].TrimEnd('.')}. For this machine's own gateway name its data folder with --data; for another let this machine trust its certificate.")
                : new GatewayAbsentException($"No gateway answers at {_address} ({ex.HttpRequestError}). Start it with 'dragoman serve', or say where it is with --url.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GatewayAbsentException($"No gateway answers at {_address} (no connection within 5 seconds). Start it with 'dragoman serve', or say where it is with --url.");
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ManagementException(await ReadErrorAsync(response, cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What is wrong, a line each, where the fault lists more than its own words: in a configuration with the place, in other input with the field.</summary>
    private static string ProblemsOf(JsonElement fault, string words) => !fault.TryGetProperty("problems", out var problems) ? "" : string.Concat(problems.EnumerateArray().Where(problem => problem.GetProperty("message").GetString() != words).Select(problem =>
        $"\n  {(problem.GetProperty("line").GetInt32() is > 0 and var line ? $"line {line}: {problem.GetProperty("severity")}: " : "")}{problem.GetProperty("path")}: {problem.GetProperty("message").GetString()}{(problem.TryGetProperty("remedy", out var remedy) ? " " + remedy.GetString() : "")}"));

    private ManagementException NotOurs() => new($"{_address} answered something else than a Dragoman gateway does. Say where it is with --url.");

    private async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var fault = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (fault.TryGetProperty("error", out var error) && error.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 } words) return words + ProblemsOf(fault, words);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Not ours: the status is all there is to say.
        }

        return $"{_address} answered {(int)response.StatusCode}; is that a Dragoman gateway?";
    }
}
