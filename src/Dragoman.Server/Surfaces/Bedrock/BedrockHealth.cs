using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Accounts;
using Dragoman.Protocols;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Bedrock;

/// <summary><c>GET /health</c>: always 200; what it says of AWS is what its list of models answered.</summary>
internal sealed class BedrockHealth(AccountProber prober, Func<GatewayConfig> config)
{
    /// <summary>Answers.</summary>
    public async Task<SurfaceAnswer> HandleAsync(SurfaceCall call)
    {
        var account = config().Accounts.FirstOrDefault(one => one is { Enabled: true, Protocol: Protocol.BedrockConverse or Protocol.BedrockAnthropic });
        if (account is null) return SurfaceAnswer.Json(new JsonObject { ["status"] = "healthy" });
        var finding = await prober.CheckAsync(account, call.CancellationToken);
        return SurfaceAnswer.Json(finding.Good
            ? new JsonObject { ["status"] = "healthy", ["aws"] = "connected" }
            : new JsonObject { ["status"] = "unhealthy", ["error"] = $"AWS {finding.Words}" });
    }
}
