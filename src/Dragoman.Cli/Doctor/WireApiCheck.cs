using Dragoman.Gateway.Configuration;
using Dragoman.Protocols;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Cli.Doctor;

/// <summary>Models of OpenAI's that are asked over Chat, where they take functions only without reasoning.</summary>
internal static class WireApiCheck
{
    public static void Run(DoctorReport report, GatewayConfig config)
    {
        foreach (var account in config.Accounts)
        {
            if (!account.Enabled || account.Protocol != Protocol.OpenAiChat) continue;
            var models = account.Models.Select(static model => model.Name).Where(ChatWireApi.PrefersResponses).Distinct().ToList();
            if (models.Count == 0) continue;
            report.Warn("models", $"{account.Label}: {string.Join(", ", models)} {(models.Count == 1 ? "takes" : "take")} tools over Chat only without reasoning, so agents get none. If the host serves the Responses API, set wire-api: responses.");
        }
    }
}
