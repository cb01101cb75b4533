using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Management.Clients;

namespace Dragoman.Cli.Connect;

/// <summary>Asks a gateway for its models, as the client will.</summary>
internal static class GatewayQuestion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The models, or null when no gateway answers.</summary>
    /// <exception cref="ManagementException">It refuses the key, or is no gateway.</exception>
    public static async Task<IReadOnlyList<ServedModel>?> GetModelsAsync(GatewayAddress gateway, string? key, CancellationToken cancellationToken)
    {
        var address = gateway.Address;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var handler = gateway.Handler();
        handler.UseProxy = !address.IsLoopback;
        // Connecting has its own, shorter limit: a gateway that is there and busy is waited for.
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "v1/models"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? GatewayEndpoint.NoKey);
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                throw new ManagementException(key is null
                    ? $"The gateway at {address} asks for a client key. Make one with 'dragoman keys create' (or take one of the configuration's api-keys) and pass it as $DRAGOMAN_KEY, or with --key - on standard input."
                    : $"The gateway at {address} does not know this client key. 'dragoman keys create' makes a new one.");
            }

            if (!response.IsSuccessStatusCode) throw new ManagementException($"{address} answered {(int)response.StatusCode}; is that a Dragoman gateway?");
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token));
            return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(model => new ServedModel(
                model.GetProperty("id").GetString()!,
                model.TryGetProperty("display_name", out var name) ? name.GetString() : null,
                model.TryGetProperty("context_length", out var context) ? context.GetInt64() : null,
                model.TryGetProperty("max_output_tokens", out var output) ? output.GetInt64() : null))];
        }
        catch (Exception ex) when (ex is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception ex) when (ex is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ManagementException($"{address} answered something else than a list of models; is that a Dragoman gateway?");
        }
    }
}
