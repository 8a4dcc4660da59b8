using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Reconciler.Telemetry;

/// <summary>Traces and metrics over OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector; without it none are made.</summary>
internal static class TelemetryServices
{
    private static readonly string[] Sources = [Measures.Name, "Npgsql", "Microsoft.AspNetCore", "System.Net.Http"];

    private static readonly string[] Meters =
        [Measures.Name, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    internal static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService<Gauges>();
        return string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) ? services : services.AddHostedService<Exporter>();
    }

    /// <summary>Owns the two providers: they export while the service runs, and flush when it stops.</summary>
    private sealed class Exporter : IHostedService, IDisposable
    {
        private TracerProvider? traces;
        private MeterProvider? metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("reconciler", serviceInstanceId: Environment.MachineName);
            traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter().Build();
            metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter().Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces?.ForceFlush();
            metrics?.ForceFlush();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            traces?.Dispose();
            metrics?.Dispose();
        }
    }
}
