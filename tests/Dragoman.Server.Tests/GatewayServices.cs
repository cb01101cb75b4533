using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Access;
using Dragoman.Management.Audit;
using Dragoman.Protocols.Json;
using Dragoman.Server.Hosting;
using Dragoman.Storage.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests;

/// <summary>What tests look at inside a running gateway.</summary>
internal static class GatewayServices
{
    extension(GatewayHost gateway)
    {
        public IGatewayStore Store => gateway.Services.GetRequiredService<IGatewayStore>();

        public SecretProtector Secrets => gateway.Services.GetRequiredService<SecretProtector>();

        public MemoryBudget Memory => gateway.Services.GetRequiredService<MemoryBudget>();

        public ManagementSecret ManagementSecret => gateway.Services.GetRequiredService<ManagementSecret>();

        public AuditTrail Audit => gateway.Services.GetRequiredService<AuditTrail>();

        public FlowRecorder Flows => gateway.Services.GetRequiredService<FlowRecorder>();

        public RetentionJob Retention => gateway.Services.GetRequiredService<RetentionJob>();

        public Dragoman.Gateway.Routing.Router Router => gateway.Services.GetRequiredService<Dragoman.Gateway.Routing.Router>();

        public GatewayConfig Config => gateway.Services.GetRequiredService<Func<GatewayConfig>>()();
    }
}
